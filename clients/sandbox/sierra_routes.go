package sandbox

import (
	"net/http"
)

// routes lists every path that is served. Paths of two segments below /patrons look alike and have one handler.
func (s *sierra) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /info/token", s.tokenInfo)
	get := func(path string, a sierraAnswer) { mux.HandleFunc("GET "+path, s.answer(a)) }
	bibs, items, patrons := sierraBibs(), sierraItems(), sierraPatrons()
	get("/bibs", bibs.list)
	get("/bibs/{id}", bibs.one)
	get("/items", items.list)
	get("/items/{id}", items.one)
	get("/items/checkouts", sierraCheckouts().list)
	get("/patrons", patrons.list)
	get("/patrons/{id}", patrons.one)
	get("/patrons/holds", sierraHolds().list)
	mux.HandleFunc("GET /patrons/{first}/{second}", func(w http.ResponseWriter, r *http.Request) {
		r.SetPathValue("id", r.PathValue("first")+"/"+r.PathValue("second"))
		s.answer(patronLists())(w, r)
	})
	get("/fines", sierraFines().list)
	get("/orders", sierraOrders().list)
	get("/orders/{id}", sierraOrders().one)
	get("/orders/funds/{unit}/{id}", sierraOrderFund)
	get("/authorities", sierraAuthorities().list)
	get("/authorities/{id}", sierraAuthorities().one)
	get("/funds", sierraFunds)
	get("/vendors", sierraVendors().list)
	get("/vendors/{id}", sierraVendors().one)
	get("/invoices", sierraInvoices().list)
	get("/invoices/{id}", sierraInvoices().one)
	get("/invoices/{id}/lineItems", sierraInvoiceLines)
	get("/volumes", sierraVolumes().list)
	get("/volumes/{id}", sierraVolumes().one)
	get("/holdings", sierraHoldings().list)
	get("/courses", sierraCourses().list)
	get("/branches", sierraBranchList().list)
	get("/branches/{id}", sierraBranchList().one)
	get("/branches/pickupLocations", pickupLocations)
	get("/agencies", agencies)
	for _, kind := range []string{"bibs", "patrons", "invoices"} {
		get("/"+kind+"/metadata", sierraMetadata(kind))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		writeHTML(w, http.StatusNotFound, "Not Found", "The requested URL was not found on this server.")
	})
	return mux
}
