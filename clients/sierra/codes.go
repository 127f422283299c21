package sierra

import (
	"context"
	"net/url"
)

// Paths of the lists of codes. There is none for items.
const (
	BibCodesPath    = BibsPath + "/metadata"
	PatronCodesPath = PatronsPath + "/metadata"
)

// FieldCodes are the codes that one field of a kind of record can have.
type FieldCodes struct {
	Field  Text           `json:"field"`
	Values *[]CodeMeaning `json:"values"`
}

// CodeMeaning is a code and what it stands for.
type CodeMeaning struct {
	Code *Text `json:"code"` // may be a blank, which is a code like any other
	Desc Text  `json:"desc"`
}

// BibCodes asks for the codes of titles, which come whole. Role: Bibs_Read.
// See https://techdocs.iii.com/sierraapi/Content/zAPIs/bibAPI.htm.
func (c *Client) BibCodes(ctx context.Context, query url.Values) ([]FieldCodes, error) {
	return c.fieldCodes(ctx, list{path: BibCodesPath, role: BibsRole}, query)
}

// PatronCodes asks for the codes of patrons, which come whole. Role: Patrons_Read.
// See https://techdocs.iii.com/sierraapi/Content/zAPIs/patronAPI.htm.
func (c *Client) PatronCodes(ctx context.Context, query url.Values) ([]FieldCodes, error) {
	return c.fieldCodes(ctx, list{path: PatronCodesPath, role: PatronsRole}, query)
}

func (c *Client) fieldCodes(ctx context.Context, l list, query url.Values) ([]FieldCodes, error) {
	var lists []FieldCodes
	err := c.rest.Get(ctx, l.path, l.parameters(c, query), &lists)
	switch {
	case err != nil:
		return nil, l.hinted(err)
	case lists == nil:
		return nil, unexpected(l.path, "the answer is no list")
	}
	for i, one := range lists {
		switch {
		case one.Field == "":
			return nil, unexpected(l.path, "[%d] has no field", i)
		case one.Values == nil:
			return nil, unexpected(l.path, "[%d] has no values", i)
		}
		for j, value := range *one.Values {
			if value.Code == nil {
				return nil, unexpected(l.path, "[%d].values[%d] has no code", i, j)
			}
		}
	}
	return lists, nil
}
