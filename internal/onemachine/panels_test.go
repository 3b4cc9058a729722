package onemachine_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// checkPanelsAndAlerts holds every expression of the dashboard and of the alert rules against what a process really says:
// it is PromQL, and its metrics and their labels exist.
func checkPanelsAndAlerts(t *testing.T, now metrics) {
	for where, expression := range expressions(t) {
		parsed, err := parser.NewParser(parser.Options{}).ParseExpr(strings.ReplaceAll(expression, "$__rate_interval", "5m"))
		if !assert.NoError(t, err, where) {
			continue
		}
		parser.Inspect(parsed, func(node parser.Node, _ []parser.Node) error {
			if selector, ok := node.(*parser.VectorSelector); ok {
				checkSelector(t, now, where, selector)
			}
			return nil
		})
	}
}

func checkSelector(t *testing.T, now metrics, where string, selector *parser.VectorSelector) {
	name, bucket := strings.CutSuffix(selector.Name, "_bucket")
	family := now.families[name]
	if !assert.NotNil(t, family, "%s: no process says %s", where, selector.Name) {
		return
	}
	assert.Equal(t, bucket, family.GetType() == dto.MetricType_HISTOGRAM, "%s: %s", where, selector.Name)
	known := map[string]bool{"__name__": true}
	for _, metric := range family.GetMetric() {
		for _, label := range metric.GetLabel() {
			known[label.GetName()] = true
		}
	}
	for _, matcher := range selector.LabelMatchers {
		assert.True(t, known[matcher.Name], "%s: %s has no label %s", where, selector.Name, matcher.Name)
	}
}

// expressions of the files in docker/, by where they stand.
func expressions(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}

	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ RefID, Expr string }
		}
	}
	text, err := os.ReadFile("../../docker/grafana/hourglass.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &dashboard))
	for _, panel := range dashboard.Panels {
		require.NotEmpty(t, panel.Targets, panel.Title)
		for _, target := range panel.Targets {
			found["panel "+panel.Title+" "+target.RefID] = target.Expr
		}
	}

	var rules struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	file, err := os.Open("../../docker/prometheus/alerts.yaml")
	require.NoError(t, err)
	defer file.Close()
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	require.NoError(t, decoder.Decode(&rules))
	for _, group := range rules.Groups {
		for _, rule := range group.Rules {
			require.NotContains(t, found, "alert "+rule.Alert, "two alerts of one name")
			found["alert "+rule.Alert] = rule.Expr
			assert.Contains(t, []string{"page", "ticket"}, rule.Labels["severity"], rule.Alert)
			assert.NotEmpty(t, rule.Annotations["summary"], rule.Alert)
			if rule.Labels["severity"] == "page" {
				assert.NotEmpty(t, rule.Annotations["action"], "%s: whoever is woken is told what to do", rule.Alert)
			}
		}
	}
	require.Contains(t, found, "alert HourglassNotOff")
	return found
}
