# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
# shellcheck shell=bash
#
# What runs in the topology: web server, dtcpd, dfcrecv, and the module.
# Files of all of them are in the directory $DFC_LAB.
#
# wait_for [-t SECONDS] COMMAND...   polls until COMMAND succeeds
# lab_find_programs                  sets PATH and $DFC_MODULE
# lab_module_load, lab_module_unload
# lab_files                          keys, dtcpd.conf, web pages
# lab_udp_source NAME KEY PORT       a control source for dtcpd.conf, over UDP,
#                                    told at that port of mediation
# lab_web_start, lab_receiver_start, lab_daemon_start
# lab_stop NAME                      NAME is web, dfcrecv or dtcpd

lab_source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=selftests/topology-lib.sh
. "$lab_source/topology-lib.sh"

declare -gA lab_pid=()

# The deadline is meant for what hangs, not to measure speed: an emulated
# processor on a busy machine is slow.
wait_for()
{
	local deadline=${DFC_DEADLINE:-60}

	if [ "$1" = -t ]; then
		deadline=$2
		shift 2
	fi
	deadline=$((SECONDS + deadline))
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.1
	done
}

# In the tree, programs are those that were built; elsewhere (a kernel tree)
# they are the installed ones.
lab_find_programs()
{
	local build=${DFC_BUILD:-$lab_source/../build} release

	release=$(uname -r)
	if [ -d "$build/bin" ]; then
		PATH=$(cd "$build/bin" && pwd):$PATH
	fi
	export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
	if [ -z "${DFC_MODULE-}" ]; then
		DFC_MODULE=$build/kmod/$release/dfc.ko
		[ -e "$DFC_MODULE" ] ||
			DFC_MODULE=$(modinfo -n dfc 2>/dev/null) || return
		export DFC_MODULE
	fi
}

lab_module_loaded()
{
	[ -e /sys/module/dfc ]
}

# insmod takes the very file that was built, but does not know what it needs.
lab_module_load()
{
	local need

	for need in $(modinfo -F depends "$DFC_MODULE" | tr , ' '); do
		modprobe "$need" || return
	done
	insmod "$DFC_MODULE"
}

lab_module_unload()
{
	rmmod dfc
}

lab_files()
{
	mkdir -p "$DFC_LAB/www" /run/dtcpd &&
	ssh-keygen -q -t ed25519 -N '' -C router \
		-f "$DFC_LAB/ssh_host_ed25519_key" &&
	ssh-keygen -q -t ed25519 -N '' -C ftap1 -f "$DFC_LAB/id_ftap1" &&
	lab_web_pages &&
	lab_configuration >"$DFC_LAB/dtcpd.conf" &&
	chmod 600 "$DFC_LAB/dtcpd.conf" &&
	lab_ssh_files
}

# Most tests want each dtcpd to begin with nothing: unless DFC_RESTART is keep.
lab_configuration()
{
	local hash

	hash=$(openssl passwd -6 ftap1123)
	cat <<-END
		flow-tap-dtcp {
		    ssh {
		        port = 32001
		        host-key = {"$DFC_LAB/ssh_host_ed25519_key"}
		    }
		}
		control-socket = "${DFC_CONTROL_SOCKET:-/run/dtcpd/control}"
		state-directory = "$DFC_LAB/state"
		restart = ${DFC_RESTART:-drop}
		capture-group lab {
		    content-destination cd1 {
		        address = "203.0.113.2"
		        port = 7890
		        security = required
		    }
		    control-source ftap1 {
		        password = "$hash"
		        authorized-keys = "$DFC_LAB/id_ftap1.pub"
		        allowed-destinations = {"cd1"}
		    }
		}
	END
}

lab_udp_source()
{
	cat <<-END
		    control-source $1 {
		        shared-key = "$2"
		        service-port = 16383
		        notification-targets = {"203.0.113.2:$3"}
		    }
	END
}

# With these, ssh asks no question: it knows the router and its own key.
lab_ssh_files()
{
	local address key

	key=$(cut -d' ' -f1,2 "$DFC_LAB/ssh_host_ed25519_key.pub")
	for address in 192.0.2.1 198.51.100.1 203.0.113.1 \
		2001:db8:1::1 2001:db8:2::1 2001:db8:3::1; do
		echo "[$address]:32001 $key"
	done >"$DFC_LAB/known_hosts"
	cat >"$DFC_LAB/ssh_config" <<-END
		Host *
			Port 32001
			User ftap1
			IdentityFile $DFC_LAB/id_ftap1
			UserKnownHostsFile $DFC_LAB/known_hosts
			GlobalKnownHostsFile /dev/null
			LogLevel ERROR
	END
}

lab_web_pages()
{
	local www=$DFC_LAB/www

	cat >"$www/index.html" <<-END
		<!DOCTYPE html>
		<title>server</title>
		<p>A page of the server at 198.51.100.2, 2001:db8:2::2.</p>
	END
	head -c 1024 /dev/urandom >"$www/1k"
	head -c 102400 /dev/urandom >"$www/100k"
	head -c 1048576 /dev/urandom >"$www/1M"
}

# lab_start NAME NAMESPACE COMMAND...: in a session of its own, where no
# interrupt from a terminal reaches it.
lab_start()
{
	local name=$1 namespace=$2

	shift 2
	setsid ip netns exec "$namespace" "$@" </dev/null \
		>"$DFC_LAB/$name.log" 2>&1 &
	lab_pid[$name]=$!
}

# lab_ready NAME CONDITION...: waits, but not for something that has ended.
lab_ready()
{
	local name=$1

	shift
	if wait_for lab_ready_or_gone "${lab_pid[$name]}" "$@" &&
		"$@" >/dev/null; then
		return
	fi
	echo "lab: $name is not ready; its log:" >&2
	tail -n 20 "$DFC_LAB/$name.log" >&2
	return 1
}

lab_ready_or_gone()
{
	local pid=$1

	shift
	"$@" || ! kill -0 "$pid"
}

lab_listens()
{
	[ -n "$(ip netns exec "$1" ss -H -n "$2" "sport = :$3")" ]
}

lab_web_start()
{
	lab_start web "$SERVER" busybox httpd -f -p '[::]:80' -h "$DFC_LAB/www"
	lab_ready web lab_listens "$SERVER" -lt 80
}

lab_receiver_start()
{
	lab_start dfcrecv "$MEDIATION" dfcrecv -l 7890 \
		-w "$DFC_LAB/dfcrecv.pcapng"
	lab_ready dfcrecv lab_listens "$MEDIATION" -lu 7890
}

lab_daemon_answers()
{
	lab_listens "$ROUTER" -lt 32001 && ip netns exec "$ROUTER" dfcctl \
		-S "${DFC_CONTROL_SOCKET:-/run/dtcpd/control}" control-source
}

lab_daemon_start()
{
	lab_start dtcpd "$ROUTER" dtcpd -f -c "$DFC_LAB/dtcpd.conf"
	lab_ready dtcpd lab_daemon_answers
}

# lab_stop NAME: asks it to end; an error if it must be killed.
lab_stop()
{
	local pid=${lab_pid[$1]-} status=0

	[ -n "$pid" ] || return 0
	unset "lab_pid[$1]"
	kill -TERM "$pid" 2>/dev/null || {
		echo "lab: $1 had ended before it was asked to" >&2
		return 1
	}
	if ! wait_for -t 30 lab_gone "$pid"; then
		echo "lab: $1 does not end; it is killed" >&2
		kill -KILL "$pid"
	fi
	wait "$pid" 2>/dev/null || status=$?
	if [ "$status" -ne 0 ] && [ "$status" -ne 143 ]; then
		echo "lab: $1 ended with status $status; its log:" >&2
		tail -n 20 "$DFC_LAB/$1.log" >&2
		return 1
	fi
}

lab_gone()
{
	local state

	state=$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$1/status" \
		2>/dev/null)
	[ -z "$state" ] || [ "$state" = Z ]
}
