# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Completes zxctl's commands, options, process ids and users, for bash.

_zxctl() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local commands='ps handles object tree limits top monitor'
	local options='-j --json -p --pretty' arguments=() words='' i

	case $before in
	-d | -n | --delay | --count) return ;;
	--user-ns)
		words=$(zxctl -j limits 2>/dev/null | grep -oE '"user_ns":[0-9]+' | cut -d: -f2 | sort -u)
		readarray -t COMPREPLY < <(compgen -W "$words" -- "$word")
		return
		;;
	esac

	# The command and its arguments so far
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-d | -n | --delay | --count | --user-ns) i=$((i + 1)) ;;
		-*) ;;
		*) arguments+=("${COMP_WORDS[i]}") ;;
		esac
	done

	case "${arguments[*]-}" in
	'') words=$commands options+=' --help --version' ;;
	handles) words=$(zxctl ps 2>/dev/null | awk 'NR > 1 { print $1 }') ;;
	object) words=$(zxctl -j top -n 1 2>/dev/null | grep -oE '"koid":[0-9]+' | cut -d: -f2) ;;
	tree) options+=' --dot' ;;
	limits) words='set' ;;
	'limits set') words=$(compgen -u) options+=' --user-ns' ;;
	'limits set '*' '*) options+=' --user-ns' ;;
	'limits set '*) words=default options+=' --user-ns' ;;
	monitor) words='processes limits' ;;
	top) options+=' -d --delay -n --count' ;;
	esac
	case $word in
	-*) words=$options ;;
	esac
	readarray -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _zxctl zxctl
