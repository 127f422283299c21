package reports

import (
	"context"
	"iter"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/wizart"
)

// wizartOwn reads any path of the API 2.1, such as /imports, and of others on its host, such as /api/customer/articles.
// No path is known to take a window.
func wizartOwn(c *wizart.Client) ownAPI {
	return ownAPI{
		name: "wizart", reference: "https://github.com/wizart-tech/api", limits: wizartLimits, under: wizart.DefaultAPIPath, rows: "data",
		pagings: []string{pagingPage, pagingLink, pagingNone},
		paging:  func(string) string { return pagingPage },
		asked:   c.Path,
		read: func(ctx context.Context, call ownCall) iter.Seq2[rest.Record, error] {
			call.Proof.Account(c.Account())
			call.path = c.Path(call.path)
			pages := ownPages{api: "wizart", totals: []string{"meta.total", "total"}}
			return walkOwn(ctx, c.Rest(), pages, call)
		},
	}
}
