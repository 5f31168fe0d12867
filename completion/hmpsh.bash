# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion for hmpsh's own command line: its options, URIs and guests, and behind a guest the
# commands that hmpsh knows, with what can stand in them. All of it is asked of hmpsh.

# The options that hmpsh has: "--connect=" where one takes a value, else "--lab".
_hmpsh_options()
{
    hmpsh --help 2>/dev/null | sed -nE 's/^  (-., )?(--[a-z-]+=?).*/\2/p'
}

# The option that the word $1 is, as _hmpsh_options has it; of short ones the long form.
_hmpsh_long()
{
    case $1 in
    --*) _hmpsh_options | grep -xE -e "$1=?" ;;
    *) hmpsh --help 2>/dev/null | sed -nE "s/^  $1, (--[a-z-]+=?).*/\1/p" ;;
    esac
}

_hmpsh()
{
    local line=${COMP_LINE:0:COMP_POINT} current option rest prefix i
    local -a words connection guest
    read -ra words <<<"$line"
    [[ $line == *[[:blank:]] ]] && words+=("")
    current=${words[-1]}
    COMPREPLY=()

    # The options before the first other word.
    local lab= value=
    for ((i = 1; i < ${#words[@]} - 1; i++)); do
        [[ ${words[i]} == -?* ]] || break
        option=$(_hmpsh_long "${words[i]%%=*}")
        case $option in
        --connect=)
            if [[ ${words[i]} == *=* ]]; then
                connection=("${words[i]}")
            elif ((i + 1 < ${#words[@]} - 1)); then
                connection=(-c "${words[i + 1]}")
            fi ;;
        --lab) lab=yes ;;
        esac
        if [[ $option == *= && ${words[i]} != *=* ]]; then
            value=$option
            ((i + 1 < ${#words[@]} - 1)) || break
            value=
            ((i++))
        fi
    done
    prefix=
    if [[ -z $value && $i == $((${#words[@]} - 1)) && $current == --*=* ]]; then
        value=${current%%=*}=
        prefix=$value
    fi

    case $value in
    --connect=)
        mapfile -t COMPREPLY < <(hmpsh --complete="attach x@${current#"$prefix"}" 2>/dev/null |
            sed "s|^x@|$prefix|") ;;
    --peer=)
        mapfile -t COMPREPLY < <(hmpsh "${connection[@]}" \
            --complete="attach -p ${current#"$prefix"}" 2>/dev/null | sed "s|^|$prefix|") ;;
    --file=)
        mapfile -t COMPREPLY < <(compgen -f -P "$prefix" -- "${current#"$prefix"}") ;;
    --lab-dir=)
        mapfile -t COMPREPLY < <(compgen -d -P "$prefix" -- "${current#"$prefix"}") ;;
    '')
        if ((i == ${#words[@]} - 1)) && [[ $current == -* ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$(_hmpsh_options)" -- "$current")
        elif ((i == ${#words[@]} - 1)) && [[ -z $lab ]]; then
            mapfile -t COMPREPLY < <(hmpsh "${connection[@]}" --complete="attach -p $current" 2>/dev/null)
        else
            [[ -n $lab ]] || guest=("${words[i++]}")
            rest="${words[*]:i}"
            mapfile -t COMPREPLY < <(hmpsh "${connection[@]}" --complete="$rest" "${guest[@]}" \
                2>/dev/null)
        fi ;;
    esac

    if ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == *[:/=.] ]]; then
        compopt -o nospace 2>/dev/null
    fi
    # bash replaces only what stands behind the last of its word breaks
    local tail=${current##*[:=]}
    COMPREPLY=("${COMPREPLY[@]#"${current%"$tail"}"}")
}

complete -F _hmpsh hmpsh
