import { byId } from './elements.ts';

/** Makes tabs work by mouse and by arrow keys; `opened` is told which one is open. */
export function makeTabs(names: readonly string[], opened: (name: string) => void): void {
  const open = (name: string): void => {
    for (const one of names) {
      const tab = byId(`tab-${one}`);
      tab.setAttribute('aria-selected', String(one === name));
      tab.tabIndex = one === name ? 0 : -1;
      byId(`panel-${one}`).hidden = one !== name;
    }
    opened(name);
  };
  names.forEach((name, n) => {
    const tab = byId(`tab-${name}`);
    tab.addEventListener('click', () => open(name));
    tab.addEventListener('keydown', ({ key }) => {
      const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
      if (step === 0) return;
      const next = names[(n + step + names.length) % names.length];
      open(next);
      byId(`tab-${next}`).focus();
    });
  });
}
