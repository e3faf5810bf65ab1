// Runs in the browser: counts warm and cold pixels of a PNG given in base64.
async (base64) => {
  const image = new Image();
  image.src = `data:image/png;base64,${base64}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.width;
  canvas.height = image.height;
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  let warm = 0;
  let cold = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] > data[at + 2] + 60) warm += 1;
    else if (data[at + 2] > data[at] + 60) cold += 1;
  }
  return { warm, cold };
};
