package settings

import "reflect"

// Apart has a value that can be set share nothing with what it was copied from: JSON is
// written into what a pointer, a list or a map leads to.
func Apart(v reflect.Value) {
	switch {
	case !v.CanSet():
	case v.Kind() == reflect.Struct:
		for _, field := range v.Fields() {
			Apart(field)
		}
	case v.IsZero():
	case v.Kind() == reflect.Pointer:
		own := reflect.New(v.Type().Elem())
		own.Elem().Set(v.Elem())
		v.Set(own)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, v.Len()), v))
	case v.Kind() == reflect.Map:
		own := reflect.MakeMap(v.Type())
		for key, value := range v.Seq2() {
			own.SetMapIndex(key, value)
		}
		v.Set(own)
	}
}
