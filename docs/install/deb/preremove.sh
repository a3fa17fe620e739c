#!/bin/sh
# An upgrade leaves it running until the new one is there.
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
	systemctl disable --now ringback.service
fi
