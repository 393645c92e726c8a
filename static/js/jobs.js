// <div data-watch="URL">: work that goes on in the background. What has changed is put in place, part by part, so that
// a button under the finger or in focus stays; the status is told when it says something new.
function watch(box) {
  const [told, lost] = ['told', 'lost'].map(id => document.getElementById(id))
  let wait = 2000

  async function look() {
    try {
      const answer = await fetch(box.dataset.watch, {credentials: 'same-origin', redirect: 'error'})
      if (!answer.ok) throw new Error(answer.status)
      show(new DOMParser().parseFromString(await answer.text(), 'text/html').body)
      wait = 2000
    } catch {
      wait = Math.min(wait * 2, 60000)
    }
    lost.hidden = wait === 2000
    again()
  }

  function show(fresh) {
    // Tokens bear their time and would make equal forms differ.
    for (const field of all('[name=csrf_token]', fresh)) field.setAttribute('value', token())
    for (const [n, part] of [...fresh.children].entries()) {
      if (!part.isEqualNode(box.children[n])) box.children[n].replaceWith(part)
    }
    const {tell} = box.firstElementChild.dataset
    if (told.textContent !== tell) told.textContent = tell
  }

  const again = () => 'going' in box.firstElementChild.dataset && setTimeout(look, wait)
  again()
}

all('[data-watch]').forEach(watch)
