package contract

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// checker compares one body with its schema.
type checker struct {
	contract *Contract
	where    string
	found    []string
}

func (k *checker) run(schema *openapi3.SchemaRef, value any) []string {
	k.value("", schema, value)
	return k.found
}

func (k *checker) report(path, what string) {
	if path == "" {
		path = "body"
	}
	k.found = append(k.found, k.where+": "+strings.TrimPrefix(path, ".")+": "+what)
}

// value checks names strictly and leaves to the schema what it can say about a leaf.
func (k *checker) value(path string, ref *openapi3.SchemaRef, value any) {
	switch value := value.(type) {
	case map[string]any:
		k.object(path, ref, value)
	case []any:
		items := ref.Value.Items
		if items == nil {
			k.report(path, "is not a list")
			return
		}
		for _, item := range value {
			k.value(path+"[]", items, item)
		}
	case nil:
		// Microsoft's description marks nearly everything nullable, but cannot on a reference to an enum.
	default:
		if err := ref.Value.VisitJSON(value, openapi3.EnableFormatValidation()); err != nil {
			k.report(path, "does not fit its schema (type, format or enum)")
		}
	}
}

func (k *checker) object(path string, ref *openapi3.SchemaRef, value map[string]any) {
	if annotation, ok := value["@odata.type"].(string); ok {
		switch derived := k.contract.typeSchema(annotation); {
		case derived != nil:
			ref = derived
		case missingTypes[annotation] != "":
			return
		default:
			k.report(path, "type "+annotation+" is not described")
			return
		}
	}
	known := map[string]*openapi3.SchemaRef{}
	properties(ref.Value, known)
	if len(known) == 0 {
		return // a free-form object, such as innerError
	}
	for _, name := range slices.Sorted(maps.Keys(value)) {
		if strings.Contains(name, "@") {
			continue
		}
		property, ok := known[name]
		if !ok {
			if missingProperties[lastPart(ref.Ref)+"."+name] == "" {
				k.report(path+"."+name, "is not a property of "+lastPart(ref.Ref))
			}
			continue
		}
		k.value(path+"."+name, property, value[name])
	}
}

// properties gathers the names of a schema and of what it is composed of.
func properties(schema *openapi3.Schema, into map[string]*openapi3.SchemaRef) {
	for _, part := range slices.Concat(schema.AllOf, schema.AnyOf, schema.OneOf) {
		properties(part.Value, into)
	}
	maps.Copy(into, schema.Properties)
}

func lastPart(ref string) string {
	parts := strings.Split(ref, "/")
	return strings.TrimPrefix(parts[len(parts)-1], "microsoft.graph.")
}
