package limit

import "testing"

// TestWhatStaysOpenIsCounted: each name has its own bound, and what is given
// back is free again.
func TestWhatStaysOpenIsCounted(t *testing.T) {
	t.Parallel()
	var o Open
	mine, network := "visitor/1", "network/1"
	first, ok := o.Hold(map[string]int{mine: 2, network: 3})
	if !ok {
		t.Fatal("the first is refused")
	}
	if _, ok = o.Hold(map[string]int{mine: 2, network: 3}); !ok {
		t.Error("the second is refused")
	}
	if _, ok = o.Hold(map[string]int{mine: 2, network: 3}); ok {
		t.Error("one visitor holds three")
	}
	if _, ok = o.Hold(map[string]int{"visitor/2": 2, network: 3}); !ok {
		t.Error("another visitor of the network is refused")
	}
	if _, ok = o.Hold(map[string]int{"visitor/3": 2, network: 3}); ok {
		t.Error("one network holds four")
	}
	first()
	if _, ok = o.Hold(map[string]int{mine: 2, network: 3}); !ok {
		t.Error("what was given back is not free")
	}
}
