package sandbox

import (
	"fmt"
	"math/rand/v2"
)

// listUser makes the answers below the path of one user. The secrets in them (passwords of telephones, codes of SIM
// cards) are marked, so that a test can look for them where they must not be.
func (a *sipgateAccount) listUser(r *rand.Rand, u sipgateUser) {
	base, own := "/"+u.id("w"), []object{}
	for _, n := range a.numbers {
		if n["endpointId"] == u.id("p") || n["endpointId"] == u.id("f") {
			own = append(own, n)
		}
	}
	devices := u.devices(r)
	a.answers[base+"/numbers"] = items(own)
	a.answers[base+"/devices"] = items(devices)
	for _, d := range devices {
		path := "/devices/" + d["id"].(string)
		a.answers[path] = d
		a.answers[path+"/callerid"] = object{"value": u.number}
		a.answers[path+"/localprefix"] = object{"value": "030", "active": true}
		a.answers[path+"/singlerowdisplay"] = object{"enabled": u.n%2 == 0}
		a.answers[path+"/tariffannouncement"] = object{"enabled": false}
		a.answers["/autorecordings/"+d["id"].(string)+"/settings"] = object{"active": u.n%3 == 0}
	}
	if u.mobile != "" {
		a.answers[base+"/devices/"+u.id("y")+"/contingents"] = object{"contingents": []object{
			{"type": "DATA_FAST", "amount": 2500000, "used": 1000000 + u.n, "left": 1500000 - u.n, "unit": "KILOBYTE",
				"expires": "2030-12-31T23:59:59Z"}}}
	}
	a.listPhoneline(base, u)
	a.listFaxAndSMS(base, u)
	target := []object{{"id": "42", "email": u.email(), "direction": "INCOMING", "cause": "MISSED"}}
	a.answers[base+"/notifications"] = object{
		"call":      []object{{"endpointId": u.id("p"), "endpointAlias": u.phoneline(), "emails": target, "sms": []object{}}},
		"voicemail": []object{{"endpointId": u.id("v"), "endpointAlias": "Voicemail", "emails": target, "sms": []object{}}},
		"fax":       []object{}, "sms": []object{},
	}
}

// SipgateSecretMark is part of every secret in the sandbox's answers about devices and files.
const SipgateSecretMark = "sandbox-must-not-be-exported"

func (u sipgateUser) devices(r *rand.Rand) []object {
	lines := []object{{"id": u.id("p"), "alias": u.phoneline()}}
	registered := []object{}
	if u.n%5 != 4 {
		registered = append(registered, object{"userAgent": "snomD785/10.1.73.16", "ip": fmt.Sprintf("192.0.2.%d", 10+u.n), "port": "5060"})
	}
	devices := []object{{
		"id": u.id("e"), "alias": "Telefon von " + u.name(), "type": "REGISTER", "online": len(registered) > 0,
		"dnd": u.n == 6, "activePhonelines": lines,
		"activeGroups": []object{}, "registered": registered, "emergencyAddressId": "1001", "addressUrl": sipgateLinks + "/addresses/1001",
		"credentials": object{"username": fmt.Sprintf("2312500e%d", u.n), "password": fmt.Sprintf("%s-%08x", SipgateSecretMark, r.Uint32()),
			"sipServer": "sipgate.example", "outboundProxy": "sipgate.example", "sipServerWebsocketUrl": "wss://sip.sipgate.example"},
	}}
	if u.mobile != "" {
		devices = append(devices, object{
			"id": u.id("y"), "alias": "Mobil " + u.first, "type": "MOBILE", "online": true, "dnd": false,
			"activePhonelines": lines, "activeGroups": []object{},
			"simState": "ACTIVE", "esim": u.n%2 == 0,
			"credentials": object{"simId": fmt.Sprintf("8949%015d", u.n), "puk1": SipgateSecretMark + "-puk1",
				"puk2": SipgateSecretMark + "-puk2"},
		})
	}
	if u.external {
		devices = append(devices, object{
			"id": u.id("x"), "alias": "Ferienhaus", "type": "EXTERNAL", "online": true, "dnd": false,
			"activePhonelines": []object{}, "activeGroups": []object{},
			"number": "+496990009042", "incomingCallDisplayState": "CALLER_NUMBER",
		})
	}
	return devices
}

func (a *sipgateAccount) listPhoneline(base string, u sipgateUser) {
	path := base + "/phonelines/" + u.id("p")
	links := sipgateLinks + path
	a.answers[base+"/phonelines"] = items([]object{{
		"id": u.id("p"), "alias": u.phoneline(), "blockAnonymousUrl": links + "/blockanonymous", "devicesUrl": links + "/devices",
		"forwardingsUrl": links + "/forwardings", "numbersUrl": links + "/numbers",
		"parallelForwardingsUrl": links + "/parallelforwardings",
		"voicemailsUrl":          links + "/voicemails",
	}})
	a.answers[path] = object{
		"id": u.id("p"), "alias": u.phoneline(), "voicemails": []object{{"id": u.id("v"), "timeout": 20, "active": true}},
	}
	a.answers[path+"/numbers"] = a.endpointNumbers(u.id("p"))
	a.answers[path+"/devices"] = a.answers[base+"/devices"]
	a.answers[path+"/forwardings"] = items([]object{{"alias": "Mailbox", "destination": u.id("v"), "timeout": 20, "active": u.n%2 == 0}})
	a.answers[path+"/parallelforwardings"] = items([]object{
		{"id": u.id("x"), "alias": "Zuhause", "destination": "+496990009042", "active": false},
	})
	a.answers[path+"/voicemails"] = items([]object{sipgateBox(u.id("v"), "Voicemail von "+u.name())})
	a.answers[path+"/blockanonymous"] = object{"enabled": u.n%4 == 0, "target": "VOICEMAIL"}
	a.answers[path+"/sipgateio"] = object{"incomingActive": false, "outgoingActive": false, "incomingUrl": "",
		"outgoingUrl": "", "log": false, "certificate": "", "allowSelfSigned": false}
	a.answers[path+"/sipgateio/log"] = items([]object{})
}

func (a *sipgateAccount) listFaxAndSMS(base string, u sipgateUser) {
	faxlines, texts := []object{}, []object{}
	if u.fax != "" {
		faxlines = append(faxlines, object{"id": u.id("f"), "alias": "Fax von " + u.name(), "tagline": a.company,
			"canSend": true, "canReceive": true})
		a.answers[base+"/faxlines/"+u.id("f")+"/numbers"] = a.endpointNumbers(u.id("f"))
		a.answers[base+"/faxlines/"+u.id("f")+"/callerid"] = object{"value": u.fax}
	}
	if u.mobile != "" {
		texts = append(texts, object{"id": u.id("s"), "alias": "SMS von " + u.name(), "callerId": u.mobile})
		a.answers[base+"/sms/"+u.id("s")+"/callerids"] = items([]object{
			{"id": 0, "phonenumber": "sipgate", "verified": true, "defaultNumber": false},
			{"id": 700 + u.n, "phonenumber": u.mobile, "verified": true, "defaultNumber": true},
		})
	}
	a.answers[base+"/faxlines"] = items(faxlines)
	a.answers[base+"/sms"] = items(texts)
}
