// What a malicious script tries in order to get out of the page, or to get code of its own into it.
// Run in the page with the app's scheme, and the provider's address, to which every way leads: out(name) is an address nobody else asks for.
const [issuer, scheme, done] = arguments;
const out = (way) => `${issuer}/out/${way}`;
const add = (tag, members) => document.body.appendChild(Object.assign(document.createElement(tag), members));
const clicked = (tag, members) => { const it = add(tag, members); it.click(); it.remove(); };
const ways = {
  'location': () => { location.href = out('location'); },
  'location-assign': () => location.assign(out('location-assign')),
  'location-replace': () => location.replace(out('location-replace')),
  'location-data': () => { location.href = 'data:text/html,<p>elsewhere'; },
  'location-file': () => { location.href = 'file:///etc/passwd'; },
  'location-blob': () => { location.href = URL.createObjectURL(new Blob(['<p>elsewhere'], { type: 'text/html' })); },
  'location-script': () => { location.href = 'javascript:window.__ran = "javascript: address"'; },
  'location-scheme': () => { location.href = `${scheme}:/callback?code=c&state=s`; },
  'window': () => { if (window.open(out('window'))) throw new Error('a window'); },
  'window-blank': () => { if (window.open('about:blank')) throw new Error('a window'); },
  'link': () => clicked('a', { href: out('link') }),
  'link-blank': () => clicked('a', { href: out('link-blank'), target: '_blank' }),
  'link-download': () => clicked('a', { href: out('link-download'), download: 'file' }),
  'link-ping': () => clicked('a', { href: '#', ping: out('link-ping') }),
  'form': () => { const it = add('form', { action: out('form'), method: 'post' }); it.submit(); it.remove(); },
  'form-blank': () => { const it = add('form', { action: out('form-blank'), target: '_blank' }); it.submit(); it.remove(); },
  'frame': () => add('iframe', { src: out('frame') }),
  'frame-srcdoc': () => add('iframe', { srcdoc: `<script>parent.__ran = 'srcdoc'</script><img src="${out('frame-srcdoc')}">` }),
  'frame-script': () => add('iframe', { src: 'javascript:parent.__ran = "frame"' }),
  'object': () => add('object', { data: out('object') }),
  'embed': () => add('embed', { src: out('embed') }),
  'image': () => add('img', { src: out('image') }),
  'audio': () => add('audio', { src: out('audio'), preload: 'auto' }),
  'video': () => add('video', { src: out('video'), poster: out('video-poster'), preload: 'auto' }),
  'script': () => add('script', { src: out('script') }),
  'script-data': () => add('script', { src: 'data:text/javascript,window.__ran="data: script"' }),
  'script-blob': () => add('script', { src: URL.createObjectURL(new Blob(['window.__ran = "blob script"'])) }),
  'script-inline': () => add('script', { textContent: 'window.__ran = "inline script"' }),
  'handler': () => { document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="window.__ran = \'handler\'">'); },
  'import': () => import(out('import')),
  'worker': () => new Worker(out('worker')),
  'worker-blob': () => new Promise((resolve, reject) => {
    const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])));
    worker.onmessage = () => { window.__ran = 'blob worker'; resolve(); };
    worker.onerror = reject;
  }),
  'service-worker': () => navigator.serviceWorker.register(out('service-worker')),
  'style-sheet': () => add('link', { rel: 'stylesheet', href: out('style-sheet') }),
  'style-import': () => add('style', { textContent: `@import url("${out('style-import')}");` }),
  'style-image': () => { document.body.style.backgroundImage = `url("${out('style-image')}")`; },
  'style-inline': () => {
    add('style', { textContent: '#hostile { position: fixed }' });
    const it = add('p', { id: 'hostile' });
    if (getComputedStyle(it).position === 'fixed') window.__ran = 'inline style';
  },
  'font': () => { const font = new FontFace('out', `url("${out('font')}")`); document.fonts.add(font); return font.load(); },
  'preload': () => add('link', { rel: 'preload', as: 'image', href: out('preload') }),
  'prefetch': () => add('link', { rel: 'prefetch', href: out('prefetch') }),
  'preconnect': () => add('link', { rel: 'preconnect', href: out('preconnect') }),
  'manifest': () => add('link', { rel: 'manifest', href: out('manifest') }),
  'icon': () => add('link', { rel: 'icon', href: out('icon') }),
  'fetch': () => fetch(out('fetch')),
  'fetch-opaque': () => fetch(out('fetch-opaque'), { mode: 'no-cors', method: 'POST', body: 'x' }),
  'request': () => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('GET', out('request')); request.onload = resolve; request.onerror = reject; request.send();
  }),
  'beacon': () => navigator.sendBeacon(out('beacon'), 'x'),
  'events': () => new Promise((resolve, reject) => {
    const source = new EventSource(out('events')); source.onopen = resolve; source.onerror = reject;
  }),
  'socket': () => new Promise((resolve, reject) => {
    const socket = new WebSocket(out('socket').replace('http:', 'ws:')); socket.onopen = resolve; socket.onerror = reject;
  }),
  'base': () => { const it = add('base', { href: out('base/') }); add('img', { src: 'relative' }); it.remove(); },
  'refresh': () => add('meta', { httpEquiv: 'refresh', content: `0; url=${out('refresh')}` }),
  'policy': () => { add('meta', { httpEquiv: 'Content-Security-Policy', content: "script-src 'unsafe-inline'" });
    add('script', { textContent: 'window.__ran = "own policy"' }); },
  'eval': () => { window.__ran = eval('"eval"'); },
  'function': () => { window.__ran = new Function('return "function"')(); },
  'timer': () => { setTimeout('window.__ran = "timer"'); },
  'history': () => history.pushState({}, '', out('history')),
  'print': () => { window.print(); },
};
const pause = (length) => new Promise((resolve) => setTimeout(resolve, length));
(async () => {
  const errors = {};
  for (const [way, go] of Object.entries(ways)) {
    try { await Promise.race([go(), pause(300)]); } catch (error) { errors[way] = String(error.name ?? error.type ?? error); }
    // A navigation takes its time, and the next one would take its place.
    await pause(100);
  }
  done(JSON.stringify({ errors, ways: Object.keys(ways).length, ran: window.__ran ?? null }));
})();
