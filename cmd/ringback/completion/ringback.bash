# Completion of ringback in bash. For one shell: source <(ringback completion bash)
# For good: ringback completion bash > ~/.local/share/bash-completion/completions/ringback
_ringback() {
	local word
	COMPREPLY=()
	while IFS=$'\t' read -r word _; do
		COMPREPLY+=("$word")
	done < <("${COMP_WORDS[0]}" __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _ringback ringback
