import { optionsOf } from '@oinr/pipelines';
import type { Command } from './command.ts';
import { viewName } from './view.ts';

/** The word that prints the script of completion. */
export const completionName = 'completion';

/**
 * A script for bash, and for zsh by its bashcompinit, that completes commands, their options, and the values of an option
 * that has a list of them; files everywhere else.
 */
export async function completionScript(commands: readonly Command[]): Promise<string> {
  const cases: string[] = [];
  const values: string[] = [];
  for (const { name, stage } of commands) {
    // Only the stage is asked for, so words that satisfy every command will do.
    const options = await optionsOf(stage(['--out', 'DIR']).stage);
    const names = [...options.map((option) => `--${option.name}`), '--dry-run', '--quiet', '--help'];
    cases.push(`    ${name}) words="${names.join(' ')}" ;;`);
    for (const { name: option, choices } of options)
      if (choices !== undefined) values.push(`    ${name}:--${option}) words="${choices.join(' ')}" ;;`);
  }
  return `# oinr: completion for bash and zsh. eval "$(oinr completion)"
if [ -n "\${ZSH_VERSION-}" ]; then autoload -U +X bashcompinit && bashcompinit; fi
_oinr() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${[...commands.map(({ name }) => name), viewName, completionName].join(' ')}" -- "$current"))
    return
  fi
  case "$command:$previous" in
${values.join('\n')}
  esac
  if [ -z "$words" ] && [ "\${current#-}" != "$current" ]; then case "$command" in
${cases.join('\n')}
  esac; fi
  if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$current")); else COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _oinr oinr
`;
}
