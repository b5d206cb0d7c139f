-- SPDX-License-Identifier: GPL-2.0-or-later
-- Copyright (C) 2026 the dfc project
--
-- Wireshark dissector of the format dfc: copies in UDP behind a header with
-- filter, number, time and ids. Needs Wireshark 3.6 or later.
--
--	wireshark -X lua_script:dfc.lua
--	tshark -X lua_script:dfc.lua -r FILE -Y dfc.lost
--
-- It knows copies by their first bytes, whatever their port. On a port of
-- which it is known that it has nothing else (-d udp.port==7890,dfc, or
-- "Decode As"), malformed ones are shown, too.

local MAGIC, VERSION, HEADER = 223, 1, 32
-- As dfcrecv has them: numbers that a late copy may be behind; nanoseconds
-- after which a lower number is that of a filter that began anew.
local WINDOW, SKEW = 1024, 10000000

local contents = { [1] = "frame", [4] = "IPv4", [6] = "IPv6" }
local inner = { [1] = "eth_withoutfcs", [4] = "ip", [6] = "ipv6" }

-- The frame's own time is exact to the nanosecond in a field only.
local epoch = Field.new("frame.time_epoch")

local dfc = Proto("dfc", "Dynamic flow capture")
local f = {
	magic = ProtoField.uint8("dfc.magic", "Magic"),
	version = ProtoField.uint8("dfc.version", "Version"),
	content = ProtoField.uint8("dfc.content", "Content", base.DEC,
				   contents),
	length = ProtoField.uint8("dfc.header_length",
				  "Header length (words)"),
	filter = ProtoField.uint32("dfc.filter", "Filter"),
	number = ProtoField.uint64("dfc.number", "Number"),
	time = ProtoField.absolute_time("dfc.time", "Matched", base.UTC),
	intercept = ProtoField.uint32("dfc.intercept", "Intercept id"),
	session = ProtoField.uint32("dfc.session", "Session id"),
	more = ProtoField.bytes("dfc.more", "Later additions"),
	lost = ProtoField.uint64("dfc.lost", "Numbers missing before it"),
	delay = ProtoField.relative_time("dfc.delay",
					 "Time since it was matched"),
}
local e = {
	gap = ProtoExpert.new("dfc.gap", "Numbers are missing",
			      expert.group.SEQUENCE, expert.severity.WARN),
	late = ProtoExpert.new("dfc.out_of_order", "Out of order",
			       expert.group.SEQUENCE, expert.severity.NOTE),
	duplicate = ProtoExpert.new("dfc.duplicate", "Number came already",
				    expert.group.SEQUENCE,
				    expert.severity.NOTE),
	restart = ProtoExpert.new("dfc.restart", "Numbers begin anew",
				  expert.group.SEQUENCE,
				  expert.severity.NOTE),
	malformed = ProtoExpert.new("dfc.malformed", "Malformed header",
				    expert.group.MALFORMED,
				    expert.severity.ERROR),
}
dfc.fields = f
dfc.experts = e

-- What was last seen of each filter and destination; what was found out
-- about each packet, which is shown again and again, in any order.
local streams, found = {}, {}
local ordinary = {}

function dfc.init()
	streams, found = {}, {}
end

-- Lua's numbers are exact up to 2^53, which takes a filter decades.
local function number_of(value)
	return value:tonumber()
end

local function is_restart(stream, time)
	return time > stream.time and
	       number_of(time - stream.time) > SKEW
end

-- Forgets numbers that the window has left.
local function forget(stream, from, to)
	if to - from > WINDOW then
		stream.seen = {}
		return
	end
	for number = from, to do
		stream.seen[number - WINDOW] = nil
	end
end

local function advance(stream, number, time)
	local lost = number - stream.highest - 1

	forget(stream, stream.highest + 1, number)
	stream.highest, stream.time = number, time
	stream.seen[number] = true
	return lost > 0 and { what = "gap", lost = lost } or ordinary
end

-- Returns a table with the name of an expert info, and what is missing.
local function judge(key, number, time)
	local stream = streams[key]

	if stream and number <= stream.highest then
		if is_restart(stream, time) then
			streams[key] = { highest = number, time = time,
					 seen = { [number] = true } }
			return { what = "restart", lost = number - 1 }
		end
		if stream.seen[number] then
			return { what = "duplicate", lost = 0 }
		end
		if stream.highest - number < WINDOW then
			stream.seen[number] = true
		end
		return { what = "late", lost = 0 }
	end
	if stream then
		return advance(stream, number, time)
	end
	streams[key] = { highest = number, time = time,
			 seen = { [number] = true } }
	return ordinary
end

local texts = {
	gap = "%d numbers are missing before it",
	late = "Out of order: a higher number came before",
	duplicate = "This number came already",
	restart = "Numbers begin anew, %d are missing",
}

local function add_analysis(tree, item, pinfo, key, number, time)
	local result = found[pinfo.number] and found[pinfo.number][key]

	if not result then
		result = judge(key, number_of(number), time)
		found[pinfo.number] = found[pinfo.number] or {}
		found[pinfo.number][key] = result
	end
	if result.lost and result.lost > 0 then
		tree:add(f.lost, UInt64(result.lost)):set_generated()
	end
	if result.what then
		item:add_proto_expert_info(e[result.what],
			texts[result.what]:format(result.lost))
	end
end

-- A packet's first half byte is its version; what was cut off is believed.
local function is_behind(buf, content, length)
	if content == 1 then
		return buf:reported_len() >= length + 14
	end
	return buf:reported_len() > length and (buf:len() <= length or
	       buf(length, 1):bitfield(0, 4) == content)
end

-- Says what is wrong, or nothing.
local function complaint(buf)
	local length

	if buf:len() < HEADER then
		return "shorter than a header"
	end
	length = buf(3, 1):uint() * 4
	if buf(0, 1):uint() ~= MAGIC then
		return "the first byte is not 223"
	elseif buf(1, 1):uint() ~= VERSION then
		return "the version is not 1"
	elseif not contents[buf(2, 1):uint()] then
		return "the content is neither 1, 4 nor 6"
	elseif length < HEADER then
		return "the header says it is shorter than 32 bytes"
	elseif length > buf:reported_len() then
		return "the header is longer than the datagram"
	elseif buf(8, 8):uint64() == UInt64(0) then
		return "the number is 0"
	elseif not is_behind(buf, buf(2, 1):uint(), length) then
		return "what is behind the header is not what it says"
	end
end

local function add_time(tree, range)
	local ns = range:uint64()
	local billion = UInt64(1000000000)
	local time = NSTime((ns / billion):tonumber(),
			    (ns % billion):tonumber())

	tree:add(f.time, range, time)
	tree:add(f.delay, epoch().value - time):set_generated()
	return ns
end

-- A malformed packet is shown as such, and is no error of this script's.
local function dissect_inner(buf, pinfo, root, content, length)
	local dissector = Dissector.get(inner[content])

	if length < buf:len() then
		pcall(dissector.call, dissector, buf(length):tvb(), pinfo,
		      root)
	end
end

local function dissect(buf, pinfo, root)
	local tree = root:add(dfc, buf(0, math.min(buf:len(), HEADER)))
	local wrong = complaint(buf)
	local filter, number, length, key, item, time

	pinfo.cols.protocol = "dfc"
	if wrong then
		tree:add_proto_expert_info(e.malformed, "Malformed: " .. wrong)
		return buf:len()
	end
	filter, length = buf(4, 4):uint(), buf(3, 1):uint() * 4
	number = buf(8, 8):uint64()
	tree:set_len(math.min(length, buf:len()))
	tree:append_text((", filter %d, number %s"):format(filter,
							   tostring(number)))
	tree:add(f.magic, buf(0, 1))
	tree:add(f.version, buf(1, 1))
	tree:add(f.content, buf(2, 1))
	tree:add(f.length, buf(3, 1))
	tree:add(f.filter, buf(4, 4))
	item = tree:add(f.number, buf(8, 8))
	time = add_time(tree, buf(16, 8))
	tree:add(f.intercept, buf(24, 4))
	tree:add(f.session, buf(28, 4))
	if length > HEADER and buf:len() >= length then
		tree:add(f.more, buf(HEADER, length - HEADER))
	end
	key = ("%s %d %s %d %d"):format(tostring(pinfo.src), pinfo.src_port,
					tostring(pinfo.dst), pinfo.dst_port,
					filter)
	add_analysis(tree, item, pinfo, key, number, time)
	dissect_inner(buf, pinfo, root, buf(2, 1):uint(), length)
	return buf:len()
end

function dfc.dissector(buf, pinfo, root)
	return dissect(buf, pinfo, root)
end

dfc:register_heuristic("udp", function(buf, pinfo, root)
	if complaint(buf) then
		return false
	end
	dissect(buf, pinfo, root)
	return true
end)
DissectorTable.get("udp.port"):add_for_decode_as(dfc)
