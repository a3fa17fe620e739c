#!/bin/sh
# The service's own user. It is not started: it has to be told who it is first, in
# /etc/ringback/ringback.env. One that runs is restarted, as after an upgrade.
set -e
if ! getent passwd ringback >/dev/null; then
	useradd --system --home-dir /var/lib/ringback --no-create-home --shell /usr/sbin/nologin --user-group ringback
fi
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
	systemctl try-restart ringback.service
fi
