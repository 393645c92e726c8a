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

all('[data-progress-url]').forEach(progress)
