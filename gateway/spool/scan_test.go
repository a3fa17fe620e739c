package spool

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	berrors "go.etcd.io/bbolt/errors"
)

// leafOf is one leaf page as bbolt writes it, with those keys and values.
func leafOf(flags uint32, keys, values [][]byte) []byte {
	order := binary.NativeEndian
	page := make([]byte, pageHeader+len(keys)*element)
	order.PutUint16(page[flagsAt:], leaf)
	order.PutUint16(page[countAt:], uint16(len(keys)))
	for n := range keys {
		at := pageHeader + n*element
		order.PutUint32(page[at:], flags)
		order.PutUint32(page[at+positionAt:], uint32(len(page)-at))
		order.PutUint32(page[at+keySizeAt:], uint32(len(keys[n])))
		order.PutUint32(page[at+valueSizeAt:], uint32(len(values[n])))
		page = append(append(page, keys[n]...), values[n]...)
	}
	return page
}

// entry is one that was appended, by its number.
func entry(n uint64, at time.Time) ([]byte, []byte) {
	return key(n), seal(fmt.Appendf(nil, "event %d", n), at)
}

// fileOf puts pages where bbolt has them.
func fileOf(pages ...[]byte) []byte {
	var file []byte
	for _, page := range pages {
		file = append(file, page...)
		file = append(file, make([]byte, os.Getpagesize()-len(page))...)
	}
	return file
}

func found(file []byte) []string {
	all := []string{}
	for _, e := range scan(file) {
		all = append(all, string(e.data))
	}
	return all
}

// TestWhatIsFoundInADamagedFile: each entry whose checksum is right, wherever its page
// lies, in the order of the numbers; and nothing else.
func TestWhatIsFoundInADamagedFile(t *testing.T) {
	one := func(n uint64, at time.Time) []byte {
		k, v := entry(n, at)
		return leafOf(0, [][]byte{k}, [][]byte{v})
	}
	k1, v1 := entry(1, noon)
	k2, v2 := entry(2, noon)
	torn := append([]byte(nil), v2...)
	torn[len(torn)-1] ^= 1
	branch := one(3, noon)
	binary.NativeEndian.PutUint16(branch[flagsAt:], 0x01)
	bucketOf := func(inner []byte) []byte {
		return leafOf(nested, [][]byte{[]byte("events")}, [][]byte{append(make([]byte, nestedHeader), inner...)})
	}
	lying := leafOf(0, [][]byte{k1, k2}, [][]byte{v1, v2})
	binary.NativeEndian.PutUint16(lying[countAt:], 40_000) // more than there are
	long := leafOf(0, [][]byte{k1, k2}, [][]byte{v1, v2})
	binary.NativeEndian.PutUint32(long[pageHeader+element+valueSizeAt:], 1<<31)
	for name, c := range map[string]struct {
		file []byte
		want []string
	}{
		"two of a page":             {fileOf(leafOf(0, [][]byte{k1, k2}, [][]byte{v1, v2})), texts(1, 3)},
		"pages in another order":    {fileOf(one(3, noon), one(1, noon), one(2, noon)), texts(1, 4)},
		"the same in an old page":   {fileOf(one(1, noon), one(1, noon)), texts(1, 2)},
		"one that is torn":          {fileOf(leafOf(0, [][]byte{k1, k2}, [][]byte{v1, torn})), texts(1, 2)},
		"a page that is no leaf":    {fileOf(branch, one(1, noon)), texts(1, 2)},
		"a small bucket":            {fileOf(bucketOf(one(1, noon))), texts(1, 2)},
		"a bucket of its own pages": {fileOf(leafOf(nested, [][]byte{[]byte("events")}, [][]byte{make([]byte, nestedHeader)}), one(1, noon)), texts(1, 2)},
		"a name that is no number":  {fileOf(leafOf(0, [][]byte{[]byte("events"), k2}, [][]byte{v1, v2})), texts(2, 3)},
		"a count that lies":         {fileOf(lying), texts(1, 3)},
		"a length that lies":        {fileOf(long), texts(1, 2)},
		"cut in the second value":   {leafOf(0, [][]byte{k1, k2}, [][]byte{v1, v2})[:pageHeader+2*element+len(k1)+len(v1)+len(k2)+3], texts(1, 2)},
		"cut in the second element": {leafOf(0, [][]byte{k1, k2}, [][]byte{v1, v2})[:pageHeader+element+4], texts(0, 0)},
		"cut behind the last":       {fileOf(one(7, noon))[:len(one(7, noon))], texts(7, 8)},
		"the head of a page":        {fileOf(one(1, noon), nil)[:os.Getpagesize()+pageHeader], texts(1, 2)},
		"less than that":            {make([]byte, pageHeader-1), texts(0, 0)},
	} {
		require.Equal(t, c.want, found(c.file), name)
	}
	for n := range leafOf(0, [][]byte{k1, k2}, [][]byte{v1, v2}) { // however short
		require.Subset(t, texts(1, 3), found(leafOf(0, [][]byte{k1, k2}, [][]byte{v1, v2})[:n]))
	}
}

// TestWhatWasTakenOutLongAgo stands in pages that are free: what is more than a day older
// than the newest is not brought again.
func TestWhatWasTakenOutLongAgo(t *testing.T) {
	for order, ages := range map[string][]time.Duration{
		"the oldest first": {48 * time.Hour, lately + 1, lately, time.Hour, 0},
		"the newest first": {0, time.Hour, lately, lately + 1, 48 * time.Hour},
	} {
		var keys, values [][]byte
		for n, age := range ages {
			k, v := entry(uint64(n), noon.Add(-age))
			keys, values = append(keys, k), append(values, v)
		}
		want := texts(2, 5)
		if ages[0] == 0 {
			want = texts(0, 3)
		}
		require.Equal(t, want, found(fileOf(leafOf(0, keys, values))), order)
	}
}

// TestSealed: what was sealed is read again, and whatever bit of it turns is noticed.
func TestSealed(t *testing.T) {
	for _, data := range []string{"", "event 1"} {
		sealed := seal([]byte(data), noon)
		read, at, err := unseal(sealed)
		require.NoError(t, err)
		require.Equal(t, []any{data, noon}, []any{string(read), at.UTC()})
		for n := range sealed {
			turned := append([]byte(nil), sealed...)
			turned[n] ^= 0x10
			_, _, err := unseal(turned)
			require.ErrorIs(t, err, errDamaged, "byte %d", n)
		}
		for n := range sealed {
			_, _, err := unseal(sealed[:n])
			require.ErrorIs(t, err, errDamaged, "%d bytes of it", n)
		}
	}
}

// TestWhatIsDamage is mended; what the disk or a lock says is not.
func TestWhatIsDamage(t *testing.T) {
	for _, damage := range []error{errDamaged, berrors.ErrInvalid, berrors.ErrChecksum, berrors.ErrVersionMismatch} {
		require.True(t, isDamage(fmt.Errorf("open: %w", damage)), damage)
	}
	for _, other := range []error{nil, berrors.ErrTimeout, os.ErrPermission, io.ErrUnexpectedEOF, errors.New("x")} {
		require.False(t, isDamage(other), other)
	}
	require.ErrorIs(t, guarded(func() error { panic("a page that makes no sense") }), errDamaged)
	require.NoError(t, guarded(func() error { return nil }))
	require.ErrorIs(t, guarded(func() error { return os.ErrPermission }), os.ErrPermission)
}
