# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
# shellcheck shell=bash
#
# strongSwan at both ends of the link between router and mediation. Each end
# has a charon of its own in its namespace; files of both are below $DFC_LAB.
# An END is router or mediation.
#
# ike_prepare               files, and no policy or state in either namespace
# ike_start END             charon runs and answers
# ike_stop END, ike_kill END   asked to end; made to, with no time for anything
# ike_configure END [LINE...]  its swanctl.conf: connections copies (IPv4) and
#                           copies6, each with a child of the same name; LINEs
#                           go into both children
#                           $IKE_AUTH (psk, pubkey), $IKE_ESP (a proposal) and
#                           $IKE_DPD (dpd_delay) say more
# ike_load END              loads it
# ike_swanctl END ARGUMENT...
# ike_initiate CHILD        from the router
# ike_sas END               its ESP states, one line each: source, destination,
#                           SPI; not those that are only asked for
# ike_up END DESTINATION    whether it has an ESP state to there
# ike_down, ike_back        the router gives up its SAs and its traps; makes
#                           them again
# ike_wipe END              its policies and states, behind the back of charon

declare -gA ike_pid=()

ike_namespace()
{
	case $1 in
	router) echo "$ROUTER" ;;
	mediation) echo "$MEDIATION" ;;
	esac
}

# Copies of the programs: where AppArmor has a profile of them, it lets them
# read their own files only.
ike_prepare()
{
	local end

	[ -x /usr/sbin/charon-systemd ] && type -P swanctl >/dev/null || return
	for end in router mediation; do
		mkdir -p "$DFC_LAB/ike/$end/"{x509,x509ca,x509aa,x509ocsp} \
			"$DFC_LAB/ike/$end/"{x509crl,x509ac,pubkey,private} \
			"$DFC_LAB/ike/$end/"{rsa,ecdsa,pkcs8,pkcs12,bliss} || return
		ike_settings "$end" >"$DFC_LAB/ike/$end/strongswan.conf"
		ike_wipe "$end" || return
	done
	cp /usr/sbin/charon-systemd "$DFC_LAB/ike/charon" &&
	cp "$(type -P swanctl)" "$DFC_LAB/ike/swanctl" &&
	ike_secret >"$DFC_LAB/ike/secret" && ike_certificates
}

# Whether a peer is there turns out within seconds.
ike_settings()
{
	local plugins="random nonce aes sha1 sha2 hmac gcm kdf openssl x509"

	plugins+=" pubkey pem pkcs1 pkcs8"
	cat <<-END
		charon-systemd {
		    load = $plugins kernel-netlink socket-default vici
		    install_routes = no
		    make_before_break = yes
		    retransmit_timeout = 2
		    retransmit_base = 1
		    retransmit_tries = 4
		    plugins {
		        kernel-netlink {
		            xfrm_acq_expires = 2
		        }
		        vici {
		            socket = unix://$DFC_LAB/ike/$1/vici
		        }
		    }
		    filelog {
		        log {
		            path = $DFC_LAB/ike/$1/log
		            flush_line = yes
		        }
		    }
		}
		swanctl {
		    load = $plugins
		}
	END
}

ike_secret()
{
	head -c 32 /dev/urandom | base64 -w 0
}

# Each end has a key, and knows the other's certificate.
ike_certificates()
{
	local end

	for end in router mediation; do
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
			-nodes -days 2 -subj "/CN=$end" \
			-addext "subjectAltName=DNS:$end" \
			-keyout "$DFC_LAB/ike/$end/private/key.pem" \
			-out "$DFC_LAB/ike/$end.pem" 2>/dev/null || return
	done
	for end in router mediation; do
		cp "$DFC_LAB/ike/router.pem" "$DFC_LAB/ike/mediation.pem" \
			"$DFC_LAB/ike/$end/x509/" || return
	done
}

# ike_shunt NAME LOCAL-TS REMOTE-TS: what passes outside ESP.
ike_shunt()
{
	cat <<-END
		            $1 {
		                local_ts = $2
		                remote_ts = $3
		                mode = pass
		                start_action = trap
		            }
	END
}

# Neighbour discovery (types 135 and 136, as strongSwan counts: 256 times that),
# and SSH to dtcpd.
ike_shunts()
{
	local here=$1 there=$2 ours=/32001 theirs=

	[ "$3" = router ] || ours='' theirs=/32001
	cat <<-END
		    clear$4 {
		        children {
	END
	ike_shunt "ssh$4" "${here}[tcp$ours]" "${there}[tcp$theirs]"
	if [ "$4" = 6 ]; then
		ike_shunt solicit "${here}[ipv6-icmp/34560]" \
			"${there}[ipv6-icmp/34560]"
		ike_shunt advertise "${here}[ipv6-icmp/34816]" \
			"${there}[ipv6-icmp/34816]"
	fi
	cat <<-END
		        }
		    }
	END
}

# ike_connection END HERE THERE SUFFIX LINE...
ike_connection()
{
	local end=$1 peer=mediation here=$2 there=$3 suffix=$4 auth certs=''

	shift 4
	[ "$end" = router ] || peer=router
	auth=${IKE_AUTH:-psk}
	[ "$auth" = psk ] || certs=yes
	cat <<-END
		    copies$suffix {
		        version = 2
		        local_addrs = $here
		        remote_addrs = $there
		        proposals = aes256gcm16-prfsha256-ecp256
		        dpd_delay = ${IKE_DPD:-300s}
		        rekey_time = 0s
		        local {
		            auth = $auth
		            id = $end
		            ${certs:+certs = $end.pem}
		        }
		        remote {
		            auth = $auth
		            id = $peer
		            ${certs:+certs = $peer.pem}
		        }
		        children {
		            copies$suffix {
		                esp_proposals = ${IKE_ESP:-aes256gcm16}
		                rekey_time = 0s
		                replay_window = 1024
		                $(printf '%s\n' "$@")
		            }
		        }
		    }
	END
	ike_shunts "$here" "$there" "$end" "$suffix"
}

ike_configure()
{
	local end=$1 us=1 them=2 file

	shift
	[ "$end" = router ] || us=2 them=1
	file=$DFC_LAB/ike/$end/swanctl.conf
	(umask 077; : >"$file")
	{
		echo "connections {"
		ike_connection "$end" "203.0.113.$us" "203.0.113.$them" '' "$@"
		ike_connection "$end" "2001:db8:3::$us" "2001:db8:3::$them" 6 \
			"$@"
		cat <<-END
			}
			secrets {
			    ike {
			        id-1 = router
			        id-2 = mediation
			        secret = 0s$(<"$DFC_LAB/ike/secret")
			    }
			}
		END
	} >"$file"
}

ike_swanctl()
{
	local end=$1 namespace verb=$2

	shift 2
	namespace=$(ike_namespace "$end")
	ip netns exec "$namespace" env \
		STRONGSWAN_CONF="$DFC_LAB/ike/$end/strongswan.conf" \
		SWANCTL_DIR="$DFC_LAB/ike/$end" "$DFC_LAB/ike/swanctl" \
		"--$verb" --uri "unix://$DFC_LAB/ike/$end/vici" "$@" 2>&1
}

ike_answers()
{
	ike_swanctl "$1" stats
}

ike_start()
{
	local namespace

	namespace=$(ike_namespace "$1")
	rm -f "$DFC_LAB/ike/$1/vici"
	setsid ip netns exec "$namespace" env \
		STRONGSWAN_CONF="$DFC_LAB/ike/$1/strongswan.conf" \
		"$DFC_LAB/ike/charon" </dev/null >"$DFC_LAB/ike/$1/out" 2>&1 &
	ike_pid[$1]=$!
	wait_for ike_answers "$1" || {
		tail -n 20 "$DFC_LAB/ike/$1/out" "$DFC_LAB/ike/$1/log" >&2
		return 1
	}
}

ike_end()
{
	local pid=${ike_pid[$1]-}

	[ -n "$pid" ] || return 0
	unset "ike_pid[$1]"
	kill "-$2" "$pid" && { wait "$pid" 2>/dev/null || true; }
}

ike_stop()
{
	ike_end "$1" TERM
}

ike_kill()
{
	ike_end "$1" KILL
}

ike_load()
{
	ike_swanctl "$1" load-all --clear --noprompt
}

ike_initiate()
{
	ike_swanctl router initiate --child "$1" --timeout "${DFC_DEADLINE:-60}"
}

ike_sas()
{
	ip -n "$(ike_namespace "$1")" xfrm state list | awk '
		$1 == "src" { from = $2; to = $4 }
		$1 == "proto" && $2 == "esp" && $4 !~ /^0x0+$/ {
			print from, to, $4
		}'
}

ike_up()
{
	[[ $(ike_sas "$1") == *" $2 "* ]]
}

ike_down()
{
	local name

	for name in copies copies6; do
		ike_swanctl router uninstall --child "$name" &&
		ike_swanctl router terminate --ike "$name" || return
	done >/dev/null
}

ike_back()
{
	local name

	for name in copies copies6; do
		ike_swanctl router install --child "$name" &&
		ike_initiate "$name" || return
	done >/dev/null
}

ike_wipe()
{
	local namespace

	namespace=$(ike_namespace "$1")
	ip -n "$namespace" xfrm policy flush &&
	ip -n "$namespace" xfrm state flush
}
