package reports

import (
	"context"
	"iter"
	"time"

	"github.com/reportjob/reportjob/clients/rest"
	"github.com/reportjob/reportjob/clients/sierra"
	"github.com/reportjob/reportjob/jobs"
)

// sierraRole is one role of the key, and the token that was asked with.
type sierraRole struct {
	sierra.Role
	token sierra.Token
}

func sierraToken(c *sierra.Client) jobs.Job {
	info := jobs.Info{
		Name: "sierra-token", Title: "Roles of the API key", API: "sierra",
		About:    "A row for each role that the library ticked for the API key: what it permits, and how long the token in use still lives.",
		Endpoint: sierra.TokenPath,
		Paging:   "none: the whole answer at once",
		Limits:   sierraCalm,
		Scope:    "none",
		Page:     sierraReference + "zAuth/authClient.htm",
		Every:    jobs.Now,
	}
	source := checked(info, func(ctx context.Context, r jobs.Request) iter.Seq2[sierraRole, error] {
		return func(yield func(sierraRole, error) bool) {
			token, err := c.Token(ctx)
			if err != nil {
				yield(sierraRole{}, err)
				return
			}
			r.Proof.Account(c.Account())
			for _, role := range *token.Roles {
				if !yield(sierraRole{role, token}, nil) {
					return
				}
			}
			r.Proof.Complete("the API gives all roles in one answer (rows: %d)", len(*token.Roles))
		}
	})
	return jobs.Report[sierraRole]{
		Info:   info,
		Source: source,
		Columns: jobs.Columns[sierraRole]{
			jobs.Text("role", "The role, such as Bibs_Read.", func(r *sierraRole) string { return r.Name }).From("roles[].name"),
			jobs.List("permissions", "What the role permits, such as Bibs_List.", func(r *sierraRole) []string { return r.Permissions }).From("roles[].permissions"),
			jobs.Duration("token_lifetime", "How long a token of this role lives.", seconds(func(r *sierraRole) rest.Int { return r.Lifetime })).In("seconds").From("roles[].tokenLifetime"),
			jobs.Duration("expires_in", "How long the token in use still lives.", seconds(func(r *sierraRole) rest.Int { return r.token.Expires })).In("seconds").From("expiresIn"),
			jobs.Text("grant", "How the token was got: client_credentials.", func(r *sierraRole) string { return r.token.Grant }).From("grantType"),
		},
	}.Job()
}

// seconds makes a length of time of a number of seconds, which the client has held against what a length can be.
func seconds[T any](get func(*T) rest.Int) func(*T) (time.Duration, bool) {
	return func(r *T) (time.Duration, bool) {
		length, err := get(r).Seconds()
		_, ok := get(r).Get()
		return length, ok && err == nil
	}
}
