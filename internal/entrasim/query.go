package entrasim

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
)

// collection is what the stand-in knows about one kind of object on the wire: which query options Graph allows on it.
type collection struct {
	context string   // of @odata.context, after "$metadata#"
	typ     string   // microsoft.graph.<typ>, for messages
	selects []string // selectable beyond what is rendered
	byPlain []string // what comes without $select; nil: everything
	filters map[string]string
	expands []string
	orders  string // the one property that $orderby takes
	paged   bool   // $top and paging
	page    int    // objects per answer without $top
	maxPage int
}

// pageSize overrides every collection's own page size, so that tests meet @odata.nextLink with few objects.
type pageSize struct{ n atomic.Int64 }

// SetPageSize makes every paged collection answer at most n objects at a time; 0: Microsoft's own sizes.
func (s *Sim) SetPageSize(n int) { s.pageSize.n.Store(int64(n)) }

func badQuery(message string) *graphError {
	return refuse(http.StatusBadRequest, "BadRequest", message)
}

// checkOptions refuses the query options that the route does not take.
func (c *call) checkOptions() error {
	for name := range c.query {
		if !strings.HasPrefix(name, "$") {
			continue // Graph ignores query parameters that are not its own
		}
		if !slices.Contains(c.route.options, name) {
			return badQuery("The query specified in the URI is not valid. The query parameter '" + name + "' is not supported.")
		}
	}
	return nil
}

// one answers with a single object, cut to $select.
func (c *call) one(status int, k *collection, o object) (answer, error) {
	names, err := c.selected(k, o)
	if err != nil {
		return answer{}, err
	}
	out := cut(o, names)
	out["@odata.context"] = metadata(k.context + selectSuffix(c.query.Get("$select")) + "/$entity")
	return answer{status: status, body: out}, nil
}

// many answers with a collection: filtered, cut to $select, in pages.
func (c *call) many(k *collection, list []object) (answer, error) {
	if raw := c.query.Get("$filter"); raw != "" {
		p, err := parseFilter(raw, k.filters)
		if err != nil {
			return answer{}, err
		}
		list = slices.DeleteFunc(list, func(o object) bool { return !p.matches(o) })
	}
	if raw := c.query.Get("$orderby"); raw != "" {
		name, direction, _ := strings.Cut(raw, " ")
		if name != k.orders || direction != "" && direction != "asc" && direction != "desc" {
			return answer{}, badQuery("The $orderby expression '" + raw + "' is not supported.")
		}
		slices.SortStableFunc(list, func(a, b object) int {
			if direction == "desc" {
				a, b = b, a
			}
			return strings.Compare(text(a[name]), text(b[name]))
		})
	}
	total := len(list)
	list, next, err := c.pageOf(k, list)
	if err != nil {
		return answer{}, err
	}
	values := make([]any, 0, len(list))
	for _, o := range list {
		names, err := c.selected(k, o)
		if err != nil {
			return answer{}, err
		}
		values = append(values, cut(o, names))
	}
	if len(values) == 0 {
		if _, err := c.selected(k, nil); err != nil {
			return answer{}, err
		}
	}
	out := object{"@odata.context": metadata(k.context + selectSuffix(c.query.Get("$select"))), "value": values}
	if next != "" {
		out["@odata.nextLink"] = next
	}
	if c.query.Get("$count") == "true" {
		out["@odata.count"] = total
	}
	return answer{status: http.StatusOK, body: out}, nil
}

// asked is the value of a filter that is nothing but "name eq 'value'": lists look at the one object before they render
// hundreds. The filter itself is applied by many all the same.
func (c *call) asked(name string) (string, bool) {
	value, ok := strings.CutPrefix(c.query.Get("$filter"), name+" eq '")
	value, closed := strings.CutSuffix(value, "'")
	return value, ok && closed && !strings.Contains(value, "'")
}

func (c *call) pageOf(k *collection, list []object) (page []object, next string, err error) {
	size := k.page
	if n := int(c.sim.pageSize.n.Load()); n > 0 && k.paged {
		size = n
	}
	if raw := c.query.Get("$top"); raw != "" {
		n, err := strconv.Atoi(raw)
		if err != nil || n < 1 || n > k.maxPage {
			return nil, "", badQuery("Invalid page size specified: '" + raw + "'. Must be between 1 and " + strconv.Itoa(k.maxPage) + " inclusive.")
		}
		size = n
	}
	from := 0
	if raw := c.query.Get("$skiptoken"); raw != "" {
		if from, err = strconv.Atoi(raw); err != nil || from < 0 {
			return nil, "", badQuery("The skip token is not valid.")
		}
	}
	list = list[min(from, len(list)):]
	if !k.paged || size <= 0 || len(list) <= size {
		return list, "", nil
	}
	query := c.request.URL.Query()
	query.Set("$skiptoken", strconv.Itoa(from+size))
	return list[:size], "https://" + c.request.Host + c.request.URL.EscapedPath() + "?" + query.Encode(), nil
}

// selected gives the property names that the answer carries. o may be nil when there is nothing to select from.
func (c *call) selected(k *collection, o object) ([]string, error) {
	raw := c.query.Get("$select")
	if raw == "" {
		return k.byPlain, nil
	}
	names := strings.Split(raw, ",")
	for i, name := range names {
		names[i] = strings.TrimSpace(name)
		_, rendered := o[names[i]]
		if o != nil && !rendered && !slices.Contains(k.selects, names[i]) {
			return nil, badQuery("Parsing OData Select and Expand failed: Could not find a property named '" + names[i] + "' on type 'microsoft.graph." + k.typ + "'.")
		}
	}
	return append(names, k.expands...), nil
}

// cut keeps the named properties and every annotation; names nil: all. A known property without a value is null, except
// in a list of mixed types, where an object only has the properties of its own.
func cut(o object, names []string) object {
	out := object{}
	for name, value := range o {
		if strings.HasPrefix(name, "@") || names == nil {
			out[name] = value
		}
	}
	_, mixed := o["@odata.type"]
	for _, name := range names {
		if value, ok := o[name]; ok {
			out[name] = value
		} else if !mixed && name != "roleDefinition" && name != "principal" {
			out[name] = nil
		}
	}
	return out
}

func metadata(what string) string { return graphAudience + "/v1.0/$metadata#" + what }

func selectSuffix(selected string) string {
	if selected == "" {
		return ""
	}
	return "(" + selected + ")"
}
