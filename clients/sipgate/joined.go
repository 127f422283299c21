package sipgate

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/reportjob/reportjob/clients/rest"
)

// owned is a list that comes piece by piece, an answer for each owner: the devices of each user, the members of each
// group. Where the rows are the owners themselves, what is joined to them is what takes an answer each.
type owned[O, T any] struct {
	rows, owners string // in words, such as "devices" and "users"; owners is empty where they are the rows themselves
	scope        string // of the list, or of the owners' where they are the rows
	list         func(context.Context) ([]O, error)
	name         func(*O) string // such as "w0"
	of           func(context.Context, *joins, *O) ([]T, error)
	behind       func(context.Context, *joins) ([]T, error) // rows that no owner has, behind the others; nil for none
}

// read gives the rows, owner after owner. An owner whose list is refused, or unknown by now, is named; if all are, it is
// an error.
func (o owned[O, T]) read(ctx context.Context, c *Client, trial bool, p Progress) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		r := &walkOwned[O, T]{owned: o, joins: &joins{client: c, scope: o.scope, trial: trial}, yield: yield}
		err := r.walk(ctx)
		if err == nil && !trial {
			r.conclude(p)
			r.joins.conclude(p)
		}
		if trial {
			p.Unproven("a trial: the %s of one at most", o.rows)
		}
		if err != nil && !errors.Is(err, errEnough) {
			var none T
			yield(none, err)
		}
	}
}

// walkOwned is one reading of such a list.
type walkOwned[O, T any] struct {
	owned[O, T]
	joins   *joins
	yield   func(T, error) bool
	all     int // owners
	given   int // rows
	refused refusals
}

func (r *walkOwned[O, T]) walk(ctx context.Context) error {
	owners, err := r.list(ctx)
	if err != nil {
		return err
	}
	if r.all = len(owners); r.joins.trial {
		owners = owners[:min(1, r.all)]
	}
	for i := range owners {
		rows, err := r.of(ctx, r.joins, &owners[i])
		if isMissing(err) && !classicOnly(err) {
			r.refused.note(r.name(&owners[i]), err)
			continue
		}
		if err := r.give(rows, err); err != nil {
			return err
		}
	}
	if n := len(r.refused.names); n > 0 && n == len(owners) {
		return r.refused.first
	}
	if r.behind == nil {
		return nil
	}
	return r.give(r.behind(ctx, r.joins))
}

func (r *walkOwned[O, T]) give(rows []T, err error) error {
	if err != nil {
		return err
	}
	for _, row := range rows {
		r.given++
		if !r.yield(row, nil) {
			return errEnough
		}
	}
	return nil
}

func (r *walkOwned[O, T]) conclude(p Progress) {
	if len(r.refused.names) > 0 {
		p.Truncated("the %s of %s could not be read: %v", r.rows, strings.Join(r.refused.names, ", "), r.refused.first)
	}
	if r.owners == "" {
		p.Complete("the API gives the whole list of %s in one answer (rows: %d)", r.rows, r.given)
		return
	}
	p.Complete("the API gives the %s of each of %d %s in one answer (rows: %d)", r.rows, r.all, r.owners, r.given)
}

// joins asks for what is worth knowing about rows besides. What the API refuses is empty and is said at the end, since a
// feature that is not booked is refused like a right that is missing.
type joins struct {
	client *Client
	scope  string // which the credentials have
	trial  bool   // ask for nothing
	kinds  []*joinKind
}

// joinKind is one thing that is worth knowing, and how often it was asked for.
type joinKind struct {
	what, scope string
	asked       int
	refused     refusals
}

// refusals are answers of status 403 or 404.
type refusals struct {
	names []string
	first error
}

func (r *refusals) note(name string, err error) {
	r.names = append(r.names, name)
	if r.first == nil {
		r.first = err
	}
}

// kind finds what was asked for under a name.
func (j *joins) kind(what, scope string) *joinKind {
	for _, k := range j.kinds {
		if k.what == what {
			return k
		}
	}
	k := &joinKind{what: what, scope: scope}
	j.kinds = append(j.kinds, k)
	return k
}

// join asks for one thing with get. It gives the zero value if the API refuses it.
func join[T any](ctx context.Context, j *joins, what string, of part, get func(context.Context, *Client, part) (T, error)) (T, error) {
	var none T
	if j.trial {
		return none, nil
	}
	k := j.kind(what, of.scope)
	k.asked++
	answer, err := get(ctx, j.client, of)
	if isMissing(err) {
		k.refused.note(of.path, err)
		return none, nil
	}
	return answer, err
}

// joinList asks for a list.
func joinList[T any](ctx context.Context, j *joins, what string, of part, check func(*T) error) ([]T, error) {
	return join(ctx, j, what, of, func(ctx context.Context, c *Client, p part) ([]T, error) { return list(ctx, c, p, check) })
}

// joinObject asks for one object.
func joinObject[T any](ctx context.Context, j *joins, what string, of part) (T, error) {
	return join(ctx, j, what, of, func(ctx context.Context, c *Client, p part) (T, error) {
		var answer T
		err := c.get(ctx, p.path, p.scope, p.query, &answer)
		return answer, err
	})
}

// conclude says what was refused. Rows are not missing for it.
func (j *joins) conclude(p Progress) {
	for _, k := range j.kinds {
		if len(k.refused.names) == 0 {
			continue
		}
		why := "the feature is not booked, or there is no such setting"
		switch {
		case classicOnly(k.refused.first):
			why = "only classic accounts have it"
		case k.scope != j.scope:
			why = "the token lacks the scope " + k.scope + ", or the feature is not booked"
		}
		p.Warn("%s: refused for %d of %d, and empty there: %s; the first answer was: %v", k.what, len(k.refused.names), k.asked, why, withoutHint(k.refused.first))
	}
}

// withoutHint is an error without the advice of explain, which is about a list that is refused as a whole.
func withoutHint(err error) error {
	var refused *rest.Error
	if errors.As(err, &refused) {
		plain := *refused
		plain.Hint = ""
		return &plain
	}
	return err
}

// isMissing tells whether an answer says that something may not be seen, or is not there.
func isMissing(err error) bool {
	var e *rest.Error
	return errors.As(err, &e) && (e.Status == http.StatusForbidden || e.Status == http.StatusNotFound)
}

// identifier is what ids look like that stand in paths.
var identifier = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)

// pathID says that an id is missing, or cannot be part of a path.
func pathID[S ~string](field string, id S) error {
	if err := need(field, id); err != nil {
		return err
	}
	if !identifier.MatchString(string(id)) {
		return fmt.Errorf("%s: %.40q is no id", field, string(id))
	}
	return nil
}

// owners of most things are the users.
func ofUsers[T any](c *Client, rows, scope string, of func(context.Context, *joins, *User) ([]T, error)) owned[User, T] {
	return owned[User, T]{
		rows: rows, owners: "users", scope: scope, of: of, name: func(u *User) string { return u.ID },
		list: func(ctx context.Context) ([]User, error) { return c.Users(ctx, url.Values{}) },
	}
}
