package reports

import (
	"slices"
	"strings"
	"testing"
)

// catalogued are the names of the reports, which are promised to users: they stand in file names and variables. A word
// behind a name of Secure Access is a twin about that sort of traffic.
const catalogued = `
secureaccess-activity dns proxy firewall intrusion amp-retrospective ztna decryption
secureaccess-top-identities dns proxy firewall ip ztna remote-access
secureaccess-identity-distribution dns proxy
secureaccess-top-resources firewall ztna
secureaccess-top-destinations dns proxy firewall ip
secureaccess-top-urls
secureaccess-top-categories dns proxy ip
secureaccess-top-eventtypes
secureaccess-top-dns-query-types
secureaccess-requests-by-hour dns proxy firewall intrusion ip remote-access ztna
secureaccess-requests-by-timerange dns proxy firewall intrusion ip remote-access ztna
secureaccess-categories-by-hour dns proxy ip
secureaccess-categories-by-timerange dns proxy ip
secureaccess-deployment-status
secureaccess-bandwidth-by-hour
secureaccess-bandwidth-by-timerange
secureaccess-top-files
secureaccess-total-requests dns proxy firewall ip
secureaccess-requests-summary-appconnector-groups
secureaccess-requests-by-appconnector
secureaccess-requests-by-appconnector-group
secureaccess-top-threats dns proxy
secureaccess-top-threat-types dns proxy
secureaccess-applications
secureaccess-categories
secureaccess-identities
secureaccess-threat-types
secureaccess-threat-names
secureaccess-top-ips internal
secureaccess-summary dns proxy firewall ip
secureaccess-summaries-by-category dns proxy ip
secureaccess-summaries-by-destination dns proxy
secureaccess-summaries-by-rule-firewall-hitcount
secureaccess-summaries-by-rule-hitcount
secureaccess-summaries-by-rule-intrusion
secureaccess-remote-access-events
secureaccess-private-resources-detailed-stats-timerange
secureaccess-private-resources-detailed-stats-identities
secureaccess-private-resources-summary-stats
secureaccess-unique-resources
secureaccess-app-connectors-groups-detailed-stats-timerange
secureaccess-app-connectors-groups-overloaded-count
secureaccess-app-connectors-detailed-stats-timerange
secureaccess-rules-activity
secureaccess-app-discovery-applications
secureaccess-app-discovery-applications-info
secureaccess-app-discovery-risk
secureaccess-app-discovery-identities
secureaccess-app-discovery-protocols
secureaccess-app-discovery-application-categories
secureaccess-usage-metrics
secureaccess-api-usage-requests
secureaccess-api-usage-responses
secureaccess-api-usage-keys
secureaccess-api-usage-summary
secureaccess-network-tunnel-logs
secureaccess-dlp-real-time-events
secureaccess-dlp-saas-api-events
secureaccess-dlp-ai-guardrails-events
sipgate-account
sipgate-balance
sipgate-users
sipgate-numbers
sipgate-history
sipgate-calls
sipgate-faxes
sipgate-sms
sipgate-voicemails
sipgate-call-statistics
sipgate-contacts
sipgate-internal-contacts
sipgate-devices
sipgate-phonelines
sipgate-faxlines
sipgate-sms-extensions
sipgate-groups
sipgate-group-members
sipgate-voicemail-boxes
sipgate-blacklist
sipgate-portings
sipgate-addresses
sipgate-webhook-log
sipgate-running-calls
sipgate-channels
sierra-token
sierra-bibs
sierra-items
sierra-orders
sierra-patrons
sierra-authorities
sierra-deleted-bibs
sierra-deleted-items
sierra-checkouts
sierra-holds
sierra-fines
sierra-invoices
sierra-invoice-lines
sierra-funds
sierra-vendors
sierra-volumes
sierra-holdings
sierra-courses
sierra-branches
sierra-pickup-locations
sierra-agencies
sierra-bib-codes
sierra-item-codes
sierra-patron-codes
sierra-overdue-items
sierra-holds-ratio
sierra-missing-items
sierra-fines-by-location
wizart-product-types
wizart-imports
wizart-brands
wizart-collections
wizart-articles
`

func TestEveryReportOfTheCatalogueExists(t *testing.T) {
	t.Parallel()
	var names []string
	for _, j := range All(unconfigured()) {
		names = append(names, j.Info().Name)
	}
	promised := 0
	for line := range strings.Lines(strings.TrimSpace(catalogued)) {
		words := strings.Fields(line)
		for _, twin := range append([]string{""}, words[1:]...) {
			name := strings.TrimSuffix(words[0]+"-"+twin, "-")
			if promised++; !slices.Contains(names, name) {
				t.Errorf("there is no %s", name)
			}
		}
	}
	if promised != 179 {
		t.Errorf("%d reports are promised", promised)
	}
}
