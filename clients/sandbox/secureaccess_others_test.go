package sandbox

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// What the company has besides DNS and proxy: firewall, intrusions, private access, decryption, VPN and tunnels.

// others are the listings of it with the fields that every row has.
var others = map[string]string{
	"activity/firewall": "type timestamp date time verdict sourceip sourceport destinationip destinationport protocol direction packetsize rule categories " +
		"identities allapplications applicationprotocols eventtype blockreason trafficsource rxbytes txbytes datacenter",
	"activity/intrusion": "type timestamp date time verdict classification severity signature signaturelist sourceip sourceport destinationip " +
		"destinationport protocol sessionid identities ipsProfile rule",
	"activity/ztna": "type timestamp date time verdict identities policy allapplications",
	"activity/decryption": "type timestamp date time decryptAction identities decryptActionReason decryptError cipherSuite protocol protocolVersion " +
		"sourceip sourceport destinationip destinationport endtimestamp enddate endtime totalClientBytes totalServerBytes",
	"activity/amp-retrospective": "timestamp firstseenat disposition score hostname malwarename sha256",
	"remote-access-events":       "connectionevent timestamp connecttimestamp osversion anyconnectversion internalip publicip vpnprofile sessiontype reason failedreasons identities",
	"networkTunnelLogs": "timestamp level message serviceName networkTunnelGroupId networkTunnelGroupLabel tunnelId hubId hubIsPrimary region datacenter " +
		"datacenterIp deviceType originId originType ikeAuthId ikeCustomerAddress ikeCustomerPort ikeSpi umbrellaOrgId",
}

func TestOtherListingsHaveRowsWithEveryField(t *testing.T) {
	s := newSAStand(t, Options{})
	for path, fields := range others {
		rows := saData[[]map[string]any](s, path, friday, fridayEnds, "limit=5000")
		if len(rows) < 5 {
			t.Errorf("%s: %d rows on a Friday", path, len(rows))
		}
		for _, row := range rows {
			for _, f := range strings.Fields(fields) {
				if _, ok := row[f]; !ok {
					t.Fatalf("%s: a row without %s", path, f)
				}
			}
		}
	}
}

func TestOtherListingsAreTheSameForTheSameSeed(t *testing.T) {
	a, b := newSAStand(t, Options{Seed: 7}), newSAStand(t, Options{Seed: 7})
	for path := range others {
		want := saBag(saData[saRaw](a, path, fridayTen, fridayTen.Add(time.Hour), "limit=5000"))
		if got := saBag(saData[saRaw](b, path, fridayTen, fridayTen.Add(time.Hour), "limit=5000")); !maps.Equal(got, want) {
			t.Errorf("%s: other rows", path)
		}
	}
}

func TestTimesOfSomeListingsAreSeconds(t *testing.T) {
	s := newSAStand(t, Options{})
	for path := range others {
		for _, at := range saSeconds(t, saData[saRaw](s, path, friday, fridayEnds, "limit=50")) {
			if !strings.Contains(path, "activity/") || strings.HasSuffix(path, "retrospective") {
				at *= 1000
			}
			if at < friday.UnixMilli() || at > fridayEnds.UnixMilli() {
				t.Errorf("%s: %s", path, time.UnixMilli(at).UTC())
			}
		}
	}
}

func TestFiltersOfOtherListingsPartThem(t *testing.T) {
	s := newSAStand(t, Options{})
	for _, tt := range []struct{ path, param, values string }{
		{"activity/firewall", "verdict", "allowed blocked"},
		{"activity/intrusion", "intrusionaction", "would_block blocked detected"},
		{"activity/ztna", "ztnatype", "clientless clientbased"},
		{"activity/decryption", "decryptaction", "decryptinbound decryptoutbound donotdecrypt decrypterror"},
		{"remote-access-events", "connectionevent", "connected disconnected failed"},
		{"networkTunnelLogs", "networkTunnelLevel", "info warn error"},
	} {
		from := fridayTen
		count := func(filter string) int {
			return len(saData[saRaw](s, tt.path, from, from.Add(4*time.Hour), "limit=5000"+filter))
		}
		sum := 0
		for _, value := range strings.Fields(tt.values) {
			n := count("&" + tt.param + "=" + value)
			if n == 0 && tt.path != "activity/intrusion" {
				t.Errorf("%s: nothing is %s", tt.path, value)
			}
			sum += n
		}
		if all := count(""); sum != all || all == 0 {
			t.Errorf("%s: %d rows, and %d by %s", tt.path, all, sum, tt.param)
		}
	}
}

func TestAggregationsOfOtherKindsAgreeWithTheirRows(t *testing.T) {
	s := newSAStand(t, Options{})
	for kind, path := range map[string]string{"firewall": "activity/firewall", "ztna": "activity/ztna", "intrusion": "activity/intrusion",
		"remote-access": "remote-access-events"} {
		rows := 0
		for at := friday; at.Before(fridayEnds); at = at.Add(time.Hour) {
			rows += len(saData[saRaw](s, path, at, at.Add(time.Hour-time.Millisecond), "limit=5000"))
		}
		n, connections := 0, 0
		for _, bucket := range saData[[]struct {
			Count  int
			Counts struct{ ConnectedEvents, DisconnectedEvents int }
		}](s, "requests-by-hour/"+kind, friday, fridayEnds, "limit=100") {
			n += bucket.Count
			connections += bucket.Counts.ConnectedEvents + bucket.Counts.DisconnectedEvents
		}
		if n != rows || rows == 0 || (connections > 0) != (kind == "remote-access") {
			t.Errorf("%s: %d rows, %d by the hour, %d connections", kind, rows, n, connections)
		}
	}
	total := saData[struct{ Count int }](s, "total-requests/firewall", friday, fridayEnds, "").Count
	if total < 5000 {
		t.Errorf("%d connections through the firewall", total)
	}
}

func TestOtherKindsChangeNothingAboutRequests(t *testing.T) {
	s := newSAStand(t, Options{})
	count := func(path string) int {
		return saData[struct{ Count int }](s, path, friday, fridayEnds, "").Count
	}
	if all, parts := count("total-requests"), count("total-requests/dns")+count("total-requests/proxy"); all != parts {
		t.Errorf("%d requests, %d of them DNS and proxy", all, parts)
	}
}

func TestMixedActivityIsAllOfItsParts(t *testing.T) {
	s := newSAStand(t, Options{})
	from, to := fridayTen, fridayTen.Add(10*time.Minute)
	mixed := saBag(saData[saRaw](s, "activity", from, to, "limit=5000"))
	parts := map[string]int{}
	for _, path := range []string{"dns", "proxy", "firewall", "intrusion", "ztna", "decryption"} {
		for row, n := range saBag(saData[saRaw](s, "activity/"+path, from, to, "limit=5000")) {
			parts[row] += n
		}
	}
	if !maps.Equal(mixed, parts) {
		t.Errorf("%d rows, %d in its parts", len(mixed), len(parts))
	}
	var answer struct {
		Meta struct{ Successful, Failed []string }
	}
	target := fmt.Sprintf("/reports/v2/activity?limit=1&from=%d&to=%d", from.UnixMilli(), to.UnixMilli())
	if err := json.Unmarshal(s.get(target, "x-traffic-type", "dns,firewall").Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(answer.Meta.Successful, []string{"dns", "firewall"}) || answer.Meta.Failed == nil {
		t.Errorf("%+v", answer.Meta)
	}
}
