//go:build !race

package exportertest

// forgetfulPools tells that sync.Pool drops things at random, as it does under the race detector alone.
const forgetfulPools = false
