# Completion of ringback in fish. For one shell: ringback completion fish | source
# For good: ringback completion fish > ~/.config/fish/completions/ringback.fish
function __ringback_complete
	set -l words (commandline -opc)
	$words[1] __complete -- $words[2..-1] (commandline -ct) 2>/dev/null
end
complete -c ringback -n 'count (__ringback_complete) >/dev/null' -f -a '(__ringback_complete)'
