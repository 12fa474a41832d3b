#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# deps.sh: install what building and testing need on Debian 12, as far as it is missing.
# Nothing here touches what the machine boots: kernels are unpacked by mk/fetch-kernels.
set -euo pipefail

packages=(
	# build
	gcc clang libclang-rt-14-dev make git pkg-config libc6-dev bc
	liburing-dev liblmdb-dev libnl-3-dev libnl-genl-3-dev libcjson-dev libgnutls28-dev libargon2-dev libseccomp-dev libwslay-dev
	# the kernel's build, without its images (linux-headers-6.12-amd64 would pull one in)
	gcc-12 libelf1 kmod dwarves
	# guests
	qemu-system-x86 busybox-static cpio xz-utils iproute2 procps
	# tests
	libcmocka-dev sparse systemd perl python3 python3-yaml python3-jsonschema
	# real clients
	mosquitto mosquitto-clients gnutls-bin openssl libpaho-mqtt-dev python3-paho-mqtt
	openjdk-17-jdk-headless libmqtt-client-java
	golang-github-eclipse-paho.mqtt.golang-dev
	chromium
	# the benchmark: a broker to compare with, plots
	nats-server gnuplot-nox
)
# These may have come from elsewhere than Debian.
command -v node > /dev/null || packages+=(nodejs)
command -v npm > /dev/null || packages+=(npm)
command -v go > /dev/null || [ -x /usr/local/go/bin/go ] || packages+=(golang-go)

missing=()
for pkg in "${packages[@]}"; do
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$pkg" 2>/dev/null)" = installed ] || missing+=("$pkg")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" != 0 ]; then
	echo "tests/deps.sh: run as root, or install: ${missing[*]}" >&2
	exit 1
fi
echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# Services of the packages (mosquitto) must not start: their ports belong to the tests.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
	trap 'rm -f "$policy"' EXIT
	printf '#!/bin/sh\nexit 101\n' > "$policy"
	chmod +x "$policy"
fi
apt-get -q update
apt-get -q -y -o DPkg::Lock::Timeout=600 install --no-install-recommends "${missing[@]}"
