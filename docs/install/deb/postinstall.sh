#!/bin/sh
# The service's own user. It is not started: it has to be told who it is first, in
# /etc/ringback/ringback.env. One that runs is restarted, as after an upgrade.
set -e
if ! getent passwd ringback >/dev/null; then
	useradd --system --home-dir /var/lib/ringback --no-create-home --shell /usr/sbin/nologin --user-group ringback
fi
# Commands in a shell run as that user too, so that what they write is the service's: they
# read its file, and find its folder before it has started. Rights that somebody else chose stay.
env=/etc/ringback/ringback.env
if [ -f $env ] && [ "$(stat -c %U:%G:%a $env)" = root:root:600 ]; then
	chgrp ringback $env
	chmod 640 $env
fi
if [ ! -e /var/lib/ringback ]; then
	install -d -o ringback -g ringback -m 750 /var/lib/ringback
fi
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
	systemctl try-restart ringback.service
fi
