/* --recover: what every other action does first, by itself. */
#include "actions.h"
#include "mirrorwise/i18n.h"
#include "run.h"

enum mw_code mw_action_recover(struct mw_run *run)
{
    enum mw_code code = mw_run_begin(run, MW_INTENT_WRITE);
    run->changed = run->session.recovered;
    if (code != MW_OK)
        return code;
    if (run->session.recovered)
        mw_run_conclude(run, _("An earlier run was cut off; what it had begun is undone."));
    else
        mw_run_say(run, _("Nothing to recover: the last run ended in order."));
    return MW_OK;
}
