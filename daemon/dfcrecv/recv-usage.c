// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include "dfcrecv/recv-usage.h"

static const char text[] =
"Usage: dfcrecv [OPTION]...\n"
"Receives the copies that dfc sends; shows them, writes them to files, hands\n"
"them to programs that listen on a device.\n"
"\n"
"  -l [ADDRESS:]PORT   listen on this UDP port, by default 7890; may repeat;\n"
"                      an IPv6 address stands in brackets\n"
"  --ip-ip ADDRESS     take IP in IP and EtherIP for this address of the\n"
"                      machine, or for any; may repeat\n"
"  --format FORMAT     what is in a datagram: ip-udp, the packet; jmirror,\n"
"                      intercept and session id and the packet; dfc, a header\n"
"                      with a number and the packet; auto, dfc if it looks\n"
"                      like that, else ip-udp (default)\n"
"  --packets           all copies are packets, none is a frame\n"
"  --frames            all copies in datagrams are frames\n"
"\n"
"  -w FILE             write pcapng to FILE, or - for standard output\n"
"  -C, --rotate-size N   begin the next file after N million bytes\n"
"  -G, --rotate-time N   begin the next file after N seconds; FILE is a\n"
"                      pattern of strftime(3), as tap-%H%M%S.pcapng\n"
"  -W, --rotate-count N  keep the last N files\n"
"  --no-comments       no comment with the ids on each packet\n"
"  --tap NAME          let all come in by the TAP device NAME\n"
"  --tap-mtu MTU       its MTU, by default 9000\n"
"\n"
"  --top               what comes of each criterion, every second, instead\n"
"                      of a line a packet\n"
"  --interval SECONDS  ... every so many seconds\n"
"  -q                  no line a packet, only the summary\n"
"  -j                  JSON objects instead of text\n"
"  -c COUNT            end after COUNT packets\n"
"  -t SECONDS          end when nothing came for SECONDS\n"
"  -u USER             become USER once all is open\n"
"  -V, --version       version\n"
"  -h, --help          this text\n";

void recv_usage_print(FILE *out)
{
	fputs(text, out);
}
