// Pictures laid over each other: a slider between the two, and a button that shows them by turns.
(() => {
  const turn = 800;
  for (const box of document.querySelectorAll('.before-after')) {
    const slider = box.querySelector('.split');
    const button = box.querySelector('.flicker');
    const show = (percent) => box.style.setProperty('--split', `${percent}%`);
    let turning;
    const stop = () => {
      clearInterval(turning);
      turning = undefined;
      button.setAttribute('aria-pressed', 'false');
      button.textContent = 'Flicker';
      show(slider.value);
    };
    slider.addEventListener('input', stop);
    button.addEventListener('click', () => {
      if (turning !== undefined) return stop();
      let isBefore = true;
      show(100);
      turning = setInterval(() => {
        isBefore = !isBefore;
        show(isBefore ? 100 : 0);
      }, turn);
      button.setAttribute('aria-pressed', 'true');
      button.textContent = 'Stop';
    });
  }
})();
