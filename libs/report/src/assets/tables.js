// Sorting and copying of tables, and the choice of light or dark. No network, no storage.
(() => {
  const sortKey = (row, column) => {
    const cell = row.cells[column];
    const data = cell.querySelector('data');
    const text = (data ? data.value : cell.textContent).trim();
    const number = Number(text);
    return text !== '' && !Number.isNaN(number) ? number : text;
  };
  const isMissing = (value) => typeof value === 'string' && /^(n\/a|)$/i.test(value);
  const compare = (one, other) =>
    typeof one === 'number' && typeof other === 'number'
      ? one - other
      : String(one).localeCompare(String(other), 'en', { numeric: true });

  for (const button of document.querySelectorAll('table.sortable th button')) {
    button.addEventListener('click', () => {
      const heading = button.closest('th');
      const table = heading.closest('table');
      const column = heading.cellIndex;
      const direction = heading.getAttribute('aria-sort') === 'ascending' ? 'descending' : 'ascending';
      for (const other of table.querySelectorAll('th[aria-sort]')) other.setAttribute('aria-sort', 'none');
      heading.setAttribute('aria-sort', direction);
      const body = table.tBodies[0];
      const rows = [...body.rows].map((row) => ({ row, value: sortKey(row, column) }));
      rows.sort((one, other) => {
        // Missing values stay last whichever way the rest is sorted.
        if (isMissing(one.value) || isMissing(other.value))
          return isMissing(one.value) - isMissing(other.value);
        return direction === 'ascending' ? compare(one.value, other.value) : compare(other.value, one.value);
      });
      body.append(...rows.map(({ row }) => row));
    });
  }

  const copied = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Pages opened from disk may have no clipboard interface; the older way still works there.
      const area = document.createElement('textarea');
      area.value = text;
      document.body.append(area);
      area.select();
      const done = document.execCommand('copy');
      area.remove();
      return done;
    }
  };
  // As the file has it: its names of columns, and all digits.
  const tableText = (id) => {
    const text = (cell) =>
      cell.dataset.column ?? cell.querySelector('data')?.value ?? cell.textContent.trim();
    const rows = [...document.getElementById(id).querySelectorAll('table tr:not(.groups)')];
    return `${rows.map((row) => [...row.cells].map(text).join('\t')).join('\n')}\n`;
  };
  for (const button of document.querySelectorAll('button.copy')) {
    button.addEventListener('click', async () => {
      const done = await copied(
        button.dataset.table === undefined
          ? document.getElementById(button.dataset.text).textContent
          : tableText(button.dataset.table),
      );
      const name = button.textContent;
      button.textContent = done ? 'Copied' : 'Copying was refused';
      setTimeout(() => {
        button.textContent = name;
      }, 1500);
    });
  }

  const save = (name, type, text) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  for (const button of document.querySelectorAll('button.save-table'))
    button.addEventListener('click', () => {
      save(button.dataset.name, 'text/tab-separated-values', tableText(button.dataset.table));
    });
  for (const button of document.querySelectorAll('button.save-figure'))
    button.addEventListener('click', () => {
      const svg = document.querySelector(`#${CSS.escape(button.dataset.figure)} svg`);
      save(`${button.dataset.figure}.svg`, 'image/svg+xml', new XMLSerializer().serializeToString(svg));
    });

  const theme = document.getElementById('theme');
  theme?.addEventListener('click', () => {
    const root = document.documentElement;
    const isDark =
      root.dataset.theme === 'dark' ||
      (root.dataset.theme === undefined && matchMedia('(prefers-color-scheme: dark)').matches);
    root.dataset.theme = isDark ? 'light' : 'dark';
  });
})();
