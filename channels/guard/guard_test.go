package guard_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/guard"
)

func TestAPanicIsAnError(t *testing.T) {
	err := fmt.Errorf("a batch: %w", guard.Do(func() error { panic("out of its mind") }))
	require.True(t, guard.Panicked(err))
	require.ErrorContains(t, err, "out of its mind")
	require.ErrorContains(t, err, "guard_test.go", "where it happened")

	own := errors.New("no panic")
	require.Equal(t, own, guard.Do(func() error { return own }))
	require.False(t, guard.Panicked(own))
	require.NoError(t, guard.Do(func() error { return nil }))
}
