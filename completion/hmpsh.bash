# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion for hmpsh's own command line: its options, URIs and guests, and behind a guest the
# commands that hmpsh knows, with what can stand in them. All of it is asked of the hmpsh that is
# being typed.

# What hmpsh prints for the arguments, within the time that somebody may wait for a Tab.
_hmpsh_ask()
{
    timeout 3 "${COMP_WORDS[0]/#\~\//$HOME/}" "$@" 2>/dev/null </dev/null
}

# The option that the word $1 is, of $options: "--connect=" where one takes a value, else "--lab".
_hmpsh_long()
{
    local option long
    for option in $options; do
        long=${option#*,}
        if [[ $1 == "${option%%,*}" || $1 == "${long%=}" ]]; then
            printf '%s' "$long"
            return
        fi
    done
}

_hmpsh()
{
    local line=${COMP_LINE:0:COMP_POINT} current option options rest prefix i
    local -a words connection guest
    read -ra words <<<"$line"
    [[ $line == *[[:blank:]] ]] && words+=("")
    current=${words[-1]}
    COMPREPLY=()
    # "-c,--connect=", ",--lab-dir="
    options=$(_hmpsh_ask --help | sed -nE 's/^  ((-.), )?(--[a-z-]+=?).*/\2,\3/p')

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
        mapfile -t COMPREPLY < <(_hmpsh_ask --complete="attach -p x@${current#"$prefix"}")
        COMPREPLY=("${COMPREPLY[@]/#x@/$prefix}") ;;
    --peer=)
        mapfile -t COMPREPLY < <(_hmpsh_ask "${connection[@]}" \
            --complete="attach -p ${current#"$prefix"}")
        COMPREPLY=("${COMPREPLY[@]/#/$prefix}") ;;
    --file=)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -P "$prefix" -- "${current#"$prefix"}") ;;
    --lab-dir=)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -d -P "$prefix" -- "${current#"$prefix"}") ;;
    '')
        if ((i == ${#words[@]} - 1)) && [[ $current == -* ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$(printf '%s\n' $options | sed 's/.*,//')" -- \
                "$current")
        elif ((i == ${#words[@]} - 1)) && [[ -z $lab ]]; then
            mapfile -t COMPREPLY < <(_hmpsh_ask "${connection[@]}" --complete="attach -p $current")
        else
            [[ -n $lab ]] || guest=("${words[i++]}")
            rest="${words[*]:i}"
            mapfile -t COMPREPLY < <(_hmpsh_ask "${connection[@]}" --complete="$rest" \
                -- "${guest[@]}")
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
