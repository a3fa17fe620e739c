#compdef ringback
# Completion of ringback in zsh. For one shell: source <(ringback completion zsh)
# For good: ringback completion zsh > "${fpath[1]}/_ringback"
_ringback() {
	local -a found
	local word about
	while IFS=$'\t' read -r word about; do
		found+=("${word//:/\\:}:$about")
	done < <("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
	if (( $#found )); then
		_describe ringback found
	else
		_files
	fi
}
if [[ "$funcstack[1]" == "_ringback" ]]; then
	_ringback
else
	compdef _ringback ringback
fi
