# fish completion of mirrorwise, made by mirrorwise --generate fish.
function __mirrorwise_names # profiles, tools, keys or mirrors: no network is asked
    switch $argv[1]
        case profiles
            mirrorwise --list profiles --json 2>/dev/null | string match -r --groups-only '^\s*"name":\s*"([^"]+)"'
        case tools
            mirrorwise --list tools --json 2>/dev/null | string match -r --groups-only '^\s*"tool":\s*"([^"]+)"'
        case keys
            mirrorwise --list tools --json 2>/dev/null | awk -F'"' '
                $2 == "tool" { tool = $4 }
                $2 == "keys" { for (i = 4; i < NF; i += 2) print tool "." $i }'
        case mirrors
            mirrorwise --list mirrors --json 2>/dev/null | awk -F'"' '
                $2 == "tool" { tool = $4 }
                $2 == "id" { print tool "=" $4 }'
    end
end
function __mirrorwise_tools # the last of several names between commas
    set -l before (commandline -ct | string match -r '.*,')
    for name in (__mirrorwise_names tools)
        echo $before$name
    end
end
complete -c mirrorwise -f
@FISH@
