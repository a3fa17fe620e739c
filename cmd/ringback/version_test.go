package main

import (
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhichBuild(t *testing.T) {
	platform := runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
	released := &debug.BuildInfo{Main: debug.Module{Version: "v1.2.0"}}
	changed := &debug.BuildInfo{Settings: []debug.BuildSetting{
		{Key: "vcs.revision", Value: "558e3be"}, {Key: "vcs.time", Value: "2026-11-28T00:07:54Z"}, {Key: "vcs.modified", Value: "true"},
	}}
	require.Equal(t, "ringback (devel) "+platform, describe(nil).String())
	require.Equal(t, "ringback v1.2.0 "+platform, describe(released).String())
	require.Equal(t, "ringback (devel) 558e3be with changes "+platform, describe(changed).String())
	require.Equal(t, "2026-11-28T00:07:54Z", describe(changed).Time)
}
