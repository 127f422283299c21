//go:build race

package exportertest

// forgetfulPools tells that sync.Pool drops things at random, as it does under the race detector, so that libraries which
// rely on it allocate more than they do otherwise.
const forgetfulPools = true
