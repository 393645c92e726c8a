// A lesson.

// <section data-section="id"> inside [data-progress-url]: a section counts as read when its end has been on the
// screen. One that could not be reported is tried again when it is next seen.
function progress(lesson) {
  const watcher = new IntersectionObserver(seen => {
    for (const {isIntersecting, target} of seen) if (isIntersecting) report(target)
  })
  async function report(end) {
    const body = new FormData()
    body.set('section', end.closest('[data-section]').dataset.section)
    try {
      await send(lesson.dataset.progressUrl, body)
      watcher.unobserve(end)
    } catch { /* seen again, reported again */ }
  }
  for (const section of all('[data-section]', lesson)) watcher.observe(section.lastElementChild ?? section)
}

// The outline is open where it stands beside the text, and marks the section at a fifth of the screen. The keys of
// [data-lesson-keys] go from section to section and from lesson to lesson; whoever speaks to the screen can turn them off.
function outline(keys) {
  const sections = all('[data-section]')
  const on = keys.querySelector('input')
  let at = -1
  function mark(place) {
    at = place
    all('.sub a').forEach((link, n) => n === at ? link.setAttribute('aria-current', 'location') : link.removeAttribute('aria-current'))
  }
  keys.closest('.outline').open = matchMedia('(min-width: 60rem)').matches
  const watcher = new IntersectionObserver(seen => {
    for (const {isIntersecting, target} of seen) if (isIntersecting) mark(sections.indexOf(target))
  }, {rootMargin: '-20% 0px -79%'})
  for (const section of sections) watcher.observe(section)

  keys.hidden = false
  try { on.checked = !localStorage.keysOff } catch { /* no storage: on */ }
  on.addEventListener('change', () => {
    try { localStorage.keysOff = on.checked ? '' : 'off' } catch { /* holds for this page */ }
  })
  document.addEventListener('keydown', event => {
    const busy = event.ctrlKey || event.altKey || event.metaKey || event.target.closest('input, textarea, select')
    if (busy || !on.checked) return
    const lesson = document.querySelector(`link[rel=${{KeyN: 'next', KeyP: 'prev'}[event.code]}]`)
    const section = sections[at + {KeyJ: 1, KeyK: -1}[event.code]]
    if (lesson) location = lesson.href
    if (!section) return
    mark(sections.indexOf(section))
    section.scrollIntoView()
    section.focus({preventScroll: true})
  })
}

// a[data-quote] reports a mistake and takes along the words that were selected in its section.
function quote(link) {
  document.addEventListener('selectionchange', () => {
    const words = getSelection()
    if (!`${words}`.trim() || !link.closest('section').contains(words.anchorNode)) return
    const url = new URL(link.href)
    url.searchParams.set('quote', `${words}`.slice(0, 300))
    link.href = url
  })
}

// <a class="term"> leads to its entry below the text; the entry comes to it in the popover [data-terms] instead.
function terms(box) {
  if (!box.togglePopover) return
  document.addEventListener('click', event => {
    const term = event.target.closest('a.term')
    const entry = term && document.getElementById(term.hash.slice(1))?.querySelector('[lang]')
    if (!entry || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    box.replaceChildren(entry.cloneNode(true))
    box.togglePopover(true)
    const at = term.getBoundingClientRect(), {offsetHeight: high, offsetWidth: wide} = box
    const below = at.bottom + high + 16 < innerHeight
    box.style.top = `${scrollY + (below ? at.bottom + 8 : at.top - high - 8)}px`
    box.style.left = `${Math.max(12, Math.min(at.left, document.documentElement.clientWidth - wide - 12))}px`
    box.focus({preventScroll: true})
  })
}

// The device keeps how far <video data-resume="key"> was watched, whatever becomes of the line; the button after
// it goes on from there, also when the line was lost in the middle.
function resume(video) {
  const key = `video-${video.dataset.resume}`
  const button = video.nextElementSibling
  let at = 0
  try { at = +localStorage[key] || 0 } catch { /* holds for this page */ }
  function offer() {
    button.hidden = at < 5
    button.querySelector('bdi').textContent = `${Math.floor(at / 60)}:${`${at % 60}`.padStart(2, '0')}`
  }
  offer()
  button.addEventListener('click', () => {
    if (video.error) video.load()
    video.currentTime = at
    video.play().catch(offer)
    video.focus()
  })
  video.addEventListener('play', () => button.hidden = true)
  video.addEventListener('timeupdate', () => {
    const second = video.ended ? 0 : Math.floor(video.currentTime)
    if (second === at) return
    at = second
    try { localStorage[key] = at } catch { /* holds for this page */ }
  })
  video.addEventListener('error', offer)
}

all('[data-resume]').forEach(resume)
all('[data-progress-url]').forEach(progress)
all('[data-terms]').forEach(terms)
all('[data-lesson-keys]').forEach(outline)
all('[data-quote]').forEach(quote)
for (const button of all('[data-print]')) {
  button.hidden = false
  button.addEventListener('click', () => print())
}
