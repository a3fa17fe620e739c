package tunnel

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheDoctorFindsTheTunnel(t *testing.T) {
	folder := t.TempDir() + "/data"
	require.Empty(t, Current(folder))
	forget, err := Keep(folder, "https://texts.ngrok.app")
	require.NoError(t, err)
	require.Equal(t, "https://texts.ngrok.app", Current(folder))
	require.NoError(t, forget())
	require.Empty(t, Current(folder))
}

func TestTheAddressCannotBeKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "data")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := Keep(file, "https://texts.ngrok.app")
	require.ErrorContains(t, err, "keep the tunnel's address")
	require.Empty(t, Current(file))
}
