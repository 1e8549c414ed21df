/* The camera: picture into the finder, QR codes out of it, light and lens where the phone offers them. */
const EVERY_MS = 120;
const WIDEST = 800;
const OPTIONS = { formats: ["QRCode"], maxNumberOfSymbols: 2, tryHarder: false };

const view = document.getElementById("view");
const finder = document.getElementById("finder");
const torch = document.getElementById("torch");
const lens = document.getElementById("lens");
const canvas = document.createElement("canvas");
const pen = canvas.getContext("2d", { willReadFrequently: true });

const start = async (device) => {
  for (const track of view.srcObject?.getTracks() ?? []) track.stop();
  const wanted = device ? { deviceId: { exact: device } } : { facingMode: "environment" };
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  view.srcObject = await navigator.mediaDevices.getUserMedia({ video: { ...wanted, ...size }, audio: false });
  await view.play();
  finder.hidden = false;
  const [track] = view.srcObject.getVideoTracks();
  torch.hidden = !track.getCapabilities?.().torch;
  torch.setAttribute("aria-pressed", "false");
  return track;
};

const look = async (reader) => {
  const scale = Math.min(1, WIDEST / view.videoWidth);
  canvas.width = Math.round(view.videoWidth * scale);
  canvas.height = Math.round(view.videoHeight * scale);
  pen.drawImage(view, 0, 0, canvas.width, canvas.height);
  const found = await reader.readBarcodes(pen.getImageData(0, 0, canvas.width, canvas.height), OPTIONS);
  return found.filter((each) => each.isValid).map((each) => each.text);
};

/* Open the camera and call `seen` with the texts of the codes in view, some eight times a second. */
export const openCamera = async ({ wasm, seen }) => {
  if (!navigator.mediaDevices?.getUserMedia) throw new Error("no camera");
  const reader = window.ZXingWASM;
  reader.prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  let track = await start();
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((each) => each.kind === "videoinput");
  lens.hidden = cameras.length < 2;
  lens.addEventListener("click", async () => {
    const own = track.getSettings().deviceId;
    const at = cameras.findIndex((each) => each.deviceId === own);
    track = await start(cameras[(at + 1) % cameras.length].deviceId);
  });
  torch.addEventListener("click", async () => {
    const on = torch.getAttribute("aria-pressed") !== "true";
    await track.applyConstraints({ advanced: [{ torch: on }] });
    torch.setAttribute("aria-pressed", String(on));
  });
  const step = async () => {
    if (view.readyState >= 2 && !document.hidden) seen(await look(reader));
    setTimeout(step, EVERY_MS);
  };
  step();
};
