package sierra

import (
	"context"
	"iter"
	"net/url"
	"strings"

	"github.com/reportjob/reportjob/clients/rest"
)

// Paths of lists of places, and the roles that the API key needs for them.
const (
	BranchesPath        = "/branches"
	PickupLocationsPath = "/branches/pickupLocations"
	AgenciesPath        = "/agencies"

	BranchesRole = "Branches_Read"
	AgenciesRole = "Agencies_Read"
)

// Some servers leave the locations of a branch out unless they are named.
const branchFields = "default,locations"

// Branch is a building of the library.
// See https://techdocs.iii.com/sierraapi/Content/zObjects/branchObjectDescription.htm.
type Branch struct {
	ID          rest.ID     `json:"id"`
	Name        Text        `json:"name"`
	Address     Text        `json:"address"` // its lines are parted by dollar signs
	EmailSource Text        `json:"emailSource"`
	EmailReply  Text        `json:"emailReplyTo"`
	Latitude    rest.Number `json:"latitude"`
	Longitude   rest.Number `json:"longitude"`
	Locations   []Code      `json:"locations"`
}

// Lines are the lines of the address.
func (b *Branch) Lines() []string {
	var lines []string
	for line := range strings.SplitSeq(string(b.Address), "$") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func (b *Branch) id() string { return string(b.ID) }

func (b *Branch) moments() []moment { return nil }

// Branches reads the buildings of the library. Role: Branches_Read.
// See https://techdocs.iii.com/sierraapi/Content/zAPIs/branchAPI.htm.
func (c *Client) Branches(ctx context.Context, q Query, p Progress) iter.Seq2[Branch, error] {
	return snapshot[Branch](ctx, c, list{path: BranchesPath, role: BranchesRole, fields: branchFields}, q, p)
}

// PickupLocations asks for the places where holds can be picked up, which come whole. Role: Branches_Read.
// See https://techdocs.iii.com/sierraapi/Content/zAPIs/branchAPI.htm.
func (c *Client) PickupLocations(ctx context.Context, query url.Values) ([]Code, error) {
	var codes []Code
	if err := c.rest.Get(ctx, PickupLocationsPath, query, &codes); err != nil {
		return nil, hinted(err, BranchesRole)
	}
	return checkCodes(PickupLocationsPath, codes)
}

// Agencies asks for the agencies of a consortium, which come whole. Role: Agencies_Read.
func (c *Client) Agencies(ctx context.Context, query url.Values) ([]Code, error) {
	var page answer[Code]
	err := c.rest.Get(ctx, AgenciesPath, query, &page)
	switch {
	case NothingFound(err):
		return nil, nil
	case err != nil:
		return nil, hinted(err, AgenciesRole)
	case page.Entries == nil:
		return nil, unexpected(AgenciesPath, "the answer has no entries")
	}
	return checkCodes(AgenciesPath, *page.Entries)
}

// checkCodes refuses codes that are none.
func checkCodes(path string, codes []Code) ([]Code, error) {
	if codes == nil {
		return nil, unexpected(path, "the answer is no list")
	}
	for i, code := range codes {
		if code.Code == "" {
			return nil, unexpected(path, "entry %d has no code", i)
		}
	}
	return codes, nil
}
