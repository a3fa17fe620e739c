package cmd_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The service that docs/install starts may do next to nothing beside its work. Where
// systemd can say how exposed it is, from 0 to 100, it has to be at most 20.
func TestTheServiceIsHardened(t *testing.T) {
	const unit = "../docs/install/ringback.service"
	text := read(t, unit)
	for _, held := range []string{
		"User=ringback", "CapabilityBoundingSet=\n", "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateDevices=yes",
		"MemoryDenyWriteExecute=yes", "SystemCallFilter=@system-service", "StateDirectory=ringback", "UMask=0077",
	} {
		require.Contains(t, text, held)
	}
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		return
	}
	said, err := exec.Command(analyze, "security", "--offline=true", "--threshold=20", "--no-pager", unit).CombinedOutput()
	require.NoError(t, err, "%s", said)
	require.Contains(t, string(said), "Overall exposure level")
}

// Commands in a shell read the service's file as its user, and find its data where the
// service has them.
func TestTheServicesFileIsTheCommandsToo(t *testing.T) {
	const file, folder = "/etc/ringback/ringback.env", "RINGBACK_DATA_DIR=/var/lib/ringback\n"
	unit := read(t, "../docs/install/ringback.service")
	require.Contains(t, unit, "EnvironmentFile="+file+"\n")
	require.Contains(t, unit, "Environment="+folder)
	require.Contains(t, read(t, "../docs/install/ringback.env"), "\n"+folder)
	require.Contains(t, read(t, "../docs/install.md"), "\nrunuser -u ringback -- ringback doctor --env-file "+file+"\n")
	script := read(t, "../docs/install/deb/postinstall.sh")
	require.Contains(t, script, "env="+file+"\n")
	require.Contains(t, script, "chgrp ringback $env\n\tchmod 640 $env\n")
	require.Contains(t, script, "install -d -o ringback -g ringback -m 750 /var/lib/ringback\n")
	said, err := exec.Command("sh", "-n", "../docs/install/deb/postinstall.sh").CombinedOutput()
	require.NoError(t, err, "%s", said)
}

// nfpm takes a variable in the path of a file by its letters, and finds no such file, unless
// that file says to expand it.
func TestThePackageFindsTheProgram(t *testing.T) {
	contents := strings.Split(read(t, "../docs/install/deb/nfpm.yaml"), "- src: ")[1:]
	require.Len(t, contents, 7)
	for _, one := range contents {
		if path, _, _ := strings.Cut(one, "\n"); strings.Contains(path, "${") {
			require.Contains(t, one, "expand: true\n", path)
		}
	}
}

// What a proxy hands on is what was signed: nginx writes the path anew as soon as a
// path stands behind the port.
func TestProxiesLeaveTheAddressAlone(t *testing.T) {
	require.Contains(t, read(t, "../docs/install/nginx.conf"), "proxy_pass http://127.0.0.1:8080;\n")
	for _, file := range []string{"nginx.conf", "Caddyfile", "haproxy.cfg"} {
		text := read(t, "../docs/install/"+file)
		for _, changes := range []string{"rewrite", "strip_prefix", "handle_path", "normalize-uri", "set-path", "set-uri"} {
			require.NotContains(t, strings.ToLower(text), changes, file)
		}
	}
}
