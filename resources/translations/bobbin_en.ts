<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>Acts</name>
    <message numerus="yes">
        <source>take the %n file(s) out that were added</source>
        <translation>
            <numerusform>take the %n file out that were added</numerusform>
            <numerusform>take the %n files out that were added</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) could not be indexed; nothing was re-pointed or deleted</source>
        <translation>
            <numerusform>%n file could not be indexed; nothing was re-pointed or deleted</numerusform>
            <numerusform>%n files could not be indexed; nothing was re-pointed or deleted</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) could not be indexed</source>
        <translation>
            <numerusform>%n file could not be indexed</numerusform>
            <numerusform>%n files could not be indexed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) are not indexed yet</source>
        <translation>
            <numerusform>%n file are not indexed yet</numerusform>
            <numerusform>%n files are not indexed yet</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n message(s)</source>
        <translation>
            <numerusform>%n message</numerusform>
            <numerusform>%n messages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>create it again, with its %n message(s)</source>
        <translation>
            <numerusform>create it again, with its %n message</numerusform>
            <numerusform>create it again, with its %n messages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s)</source>
        <translation>
            <numerusform>%n file</numerusform>
            <numerusform>%n files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) taken out again</source>
        <translation>
            <numerusform>%n file taken out again</numerusform>
            <numerusform>%n files taken out again</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n empty message(s) left out</source>
        <translation>
            <numerusform>%n empty message left out</numerusform>
            <numerusform>%n empty messages left out</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Billing</name>
    <message numerus="yes">
        <source>(and %n more)</source>
        <translation>
            <numerusform>(and %n more)</numerusform>
            <numerusform>(and %n more)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CancelPlan</name>
    <message numerus="yes">
        <source>The run waits for %n tool output(s) (%1), unanswered for %2; the thread takes no message and no run until then.</source>
        <translation>
            <numerusform>The run waits for %n tool output (%1), unanswered for %2; the thread takes no message and no run until then.</numerusform>
            <numerusform>The run waits for %n tool outputs (%1), unanswered for %2; the thread takes no message and no run until then.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tool call(s) wait</source>
        <translation>
            <numerusform>%n tool call waits</numerusform>
            <numerusform>%n tool calls wait</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Answer %n tool call(s)</source>
        <translation>
            <numerusform>Answer %n tool call</numerusform>
            <numerusform>Answer %n tool calls</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CauseText</name>
    <message numerus="yes">
        <source>%1, %2 of it for history carried along by %n run(s), since %3.</source>
        <translation>
            <numerusform>%1, %2 of it for history carried along by %n run, since %3.</numerusform>
            <numerusform>%1, %2 of it for history carried along by %n runs, since %3.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, %2 of it in %n run(s) with %3 and more tool rounds, since %4.</source>
        <translation>
            <numerusform>%1, %2 of it in %n run with %3 and more tool rounds, since %4.</numerusform>
            <numerusform>%1, %2 of it in %n runs with %3 and more tool rounds, since %4.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, %2 of it for %n failed run(s) in a row, since %3.</source>
        <translation>
            <numerusform>%1, %2 of it for %n failed run in a row, since %3.</numerusform>
            <numerusform>%1, %2 of it for %n failed runs in a row, since %3.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Checklist</name>
    <message numerus="yes">
        <source>%n finding(s) of instructions that are sent again, or keep the cache from helping.</source>
        <translation>
            <numerusform>%n finding of instructions that are sent again, or keep the cache from helping.</numerusform>
            <numerusform>%n findings of instructions that are sent again, or keep the cache from helping.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n finding(s) about %1: switched off soon, without a price, or dear for simple turns.</source>
        <translation>
            <numerusform>%n finding about %1: switched off soon, without a price, or dear for simple turns.</numerusform>
            <numerusform>%n findings about %1: switched off soon, without a price, or dear for simple turns.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CleanupPlan</name>
    <message numerus="yes">
        <source>%n day(s) idle</source>
        <translation>
            <numerusform>%n day idle</numerusform>
            <numerusform>%n days idle</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>rotated less than %n day(s) ago</source>
        <translation>
            <numerusform>rotated less than %n day ago</numerusform>
            <numerusform>rotated less than %n days ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>used within %n day(s); a thread that Bobbin does not know may point to it</source>
        <translation>
            <numerusform>used within %n day; a thread that Bobbin does not know may point to it</numerusform>
            <numerusform>used within %n days; a thread that Bobbin does not know may point to it</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>This server does not list threads: %n known thread(s) will be asked just before a store or file goes; threads Bobbin does not know are not seen.</source>
        <translation>
            <numerusform>This server does not list threads: %n known thread will be asked just before a store or file goes; threads Bobbin does not know are not seen.</numerusform>
            <numerusform>This server does not list threads: %n known threads will be asked just before a store or file goes; threads Bobbin does not know are not seen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n thread(s) were not read to their end: they may use a store or file that is deleted.</source>
        <translation>
            <numerusform>%n thread was not read to its end: it may use a store or file that is deleted.</numerusform>
            <numerusform>%n threads were not read to their end: they may use a store or file that is deleted.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ConsolidatePlan</name>
    <message numerus="yes">
        <source>%n file(s) to add</source>
        <translation>
            <numerusform>%n file to add</numerusform>
            <numerusform>%n files to add</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pointer(s) to move</source>
        <translation>
            <numerusform>%n pointer to move</numerusform>
            <numerusform>%n pointers to move</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>“%1” was used within %n day(s); a thread that Bobbin does not know may point to it</source>
        <translation>
            <numerusform>“%1” was used within %n day; a thread that Bobbin does not know may point to it</numerusform>
            <numerusform>“%1” was used within %n days; a thread that Bobbin does not know may point to it</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>the same %n file(s) are in %1</source>
        <translation>
            <numerusform>the same %n file is in %1</numerusform>
            <numerusform>the same %n files are in %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 (%n file(s))</source>
        <translation>
            <numerusform>%1 (%n file)</numerusform>
            <numerusform>%1 (%n files)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Details</name>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation>
            <numerusform>%n thread</numerusform>
            <numerusform>%n threads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s)</source>
        <translation>
            <numerusform>%n run</numerusform>
            <numerusform>%n runs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FindingWords</name>
    <message numerus="yes">
        <source>%n run(s) read nearly all that the model can hold (%1 of %2 tokens): older messages drop out without an error.</source>
        <translation>
            <numerusform>%n run read nearly all that the model can hold (%1 of %2 tokens): older messages drop out without an error.</numerusform>
            <numerusform>%n runs read nearly all that the model can hold (%1 of %2 tokens): older messages drop out without an error.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) ended at max_prompt_tokens.</source>
        <translation>
            <numerusform>%n run ended at max_prompt_tokens.</numerusform>
            <numerusform>%n runs ended at max_prompt_tokens.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of %1 runs took more than %2 tool steps, the longest %3, first at turn %4: each step reads all before it again.</source>
        <translation>
            <numerusform>%n of %1 runs took more than %2 tool steps, the longest %3, first at turn %4: each step reads all before it again.</numerusform>
            <numerusform>%n of %1 runs took more than %2 tool steps, the longest %3, first at turn %4: each step reads all before it again.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) made calls again that were made before with the same arguments, %1 times in all.</source>
        <translation>
            <numerusform>%n run made calls again that were made before with the same arguments, %1 times in all.</numerusform>
            <numerusform>%n runs made calls again that were made before with the same arguments, %1 times in all.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>In %n run(s) tools gave back more than the whole conversation holds, up to about %1 tokens: every later call of the run reads them again.</source>
        <translation>
            <numerusform>In %n run tools gave back more than the whole conversation holds, up to about %1 tokens: every later call of the run reads them again.</numerusform>
            <numerusform>In %n runs tools gave back more than the whole conversation holds, up to about %1 tokens: every later call of the run reads them again.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) attached again and again, to %1 messages: about %2 tokens embedded more than once.</source>
        <translation>
            <numerusform>%n file attached again and again, to %1 messages: about %2 tokens embedded more than once.</numerusform>
            <numerusform>%n files attached again and again, to %1 messages: about %2 tokens embedded more than once.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of %1 runs ended without usage: what that cost is unknown and in no sum.</source>
        <translation>
            <numerusform>%n of %1 runs ended without usage: what that cost is unknown and in no sum.</numerusform>
            <numerusform>%n of %1 runs ended without usage: what that cost is unknown and in no sum.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) of a time for which no price is known: in no sum.</source>
        <translation>
            <numerusform>%n run of a time for which no price is known: in no sum.</numerusform>
            <numerusform>%n runs of a time for which no price is known: in no sum.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) without a known price: in no sum.</source>
        <translation>
            <numerusform>%n run without a known price: in no sum.</numerusform>
            <numerusform>%n runs without a known price: in no sum.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s), %1, in no vector store, message, thread or assistant that is known.</source>
        <translation>
            <numerusform>%n file, %1, in no vector store, message, thread or assistant that is known.</numerusform>
            <numerusform>%n files, %1, in no vector store, message, thread or assistant that is known.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) with more tokens than can be true: no cost of them can be relied on.</source>
        <translation>
            <numerusform>%n run with more tokens than can be true: no cost of them can be relied on.</numerusform>
            <numerusform>%n runs with more tokens than can be true: no cost of them can be relied on.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n thread(s) idle for %1 days keep about %2 of the %3 stored tokens, at your price for them.</source>
        <translation>
            <numerusform>%n thread idle for %1 days keep about %2 of the %3 stored tokens, at your price for them.</numerusform>
            <numerusform>%n threads idle for %1 days keep about %2 of the %3 stored tokens, at your price for them.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Plan</name>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation>
            <numerusform>%n thread</numerusform>
            <numerusform>%n threads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n vector store(s)</source>
        <translation>
            <numerusform>%n vector store</numerusform>
            <numerusform>%n vector stores</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Undo the rotation of %n thread(s)</source>
        <translation>
            <numerusform>Undo the rotation of %n thread</numerusform>
            <numerusform>Undo the rotation of %n threads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Rotate %n thread(s)</source>
        <translation>
            <numerusform>Rotate %n thread</numerusform>
            <numerusform>Rotate %n threads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Cancel %n run(s)</source>
        <translation>
            <numerusform>Cancel %n run</numerusform>
            <numerusform>Cancel %n runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Archive %n thread(s)</source>
        <translation>
            <numerusform>Archive %n thread</numerusform>
            <numerusform>Archive %n threads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s)</source>
        <translation>
            <numerusform>%n file</numerusform>
            <numerusform>%n files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Delete %1 in %n group(s)</source>
        <translation>
            <numerusform>Delete %1 in %n group</numerusform>
            <numerusform>Delete %1 in %n groups</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Policy</name>
    <message numerus="yes">
        <source>%n turn(s)</source>
        <translation>
            <numerusform>%n turn</numerusform>
            <numerusform>%n turns</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n step(s)</source>
        <translation>
            <numerusform>%n step</numerusform>
            <numerusform>%n steps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n call(s) again</source>
        <translation>
            <numerusform>%n call again</numerusform>
            <numerusform>%n calls again</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n time(s)</source>
        <translation>
            <numerusform>%n time</numerusform>
            <numerusform>%n times</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n minute(s)</source>
        <translation>
            <numerusform>%n minute</numerusform>
            <numerusform>%n minutes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n message(s)</source>
        <translation>
            <numerusform>%n message</numerusform>
            <numerusform>%n messages</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Report</name>
    <message numerus="yes">
        <source>%n finding(s)</source>
        <translation>
            <numerusform>%n finding</numerusform>
            <numerusform>%n findings</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <translation>
            <numerusform>%1 and %n more</numerusform>
            <numerusform>%1 and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n other(s): see the findings, or the report as JSON.</source>
        <translation>
            <numerusform>%n other: see the findings, or the report as JSON.</numerusform>
            <numerusform>%n others: see the findings, or the report as JSON.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>And %n more on the next page.</source>
        <translation>
            <numerusform>And %n more on the next page.</numerusform>
            <numerusform>And %n more on the next page.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Result</name>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation>
            <numerusform>%n thread</numerusform>
            <numerusform>%n threads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n vector store(s)</source>
        <translation>
            <numerusform>%n vector store</numerusform>
            <numerusform>%n vector stores</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s)</source>
        <translation>
            <numerusform>%n file</numerusform>
            <numerusform>%n files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) stopped</source>
        <translation>
            <numerusform>%n run stopped</numerusform>
            <numerusform>%n runs stopped</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) answered</source>
        <translation>
            <numerusform>%n run answered</numerusform>
            <numerusform>%n runs answered</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 deleted in %n group(s)</source>
        <translation>
            <numerusform>%1 deleted in %n group</numerusform>
            <numerusform>%1 deleted in %n groups</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n part(s) taken back</source>
        <translation>
            <numerusform>%n part taken back</numerusform>
            <numerusform>%n parts taken back</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) begun</source>
        <translation>
            <numerusform>%n run begun</numerusform>
            <numerusform>%n runs begun</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RotatePlan</name>
    <message numerus="yes">
        <source>%n store(s)</source>
        <translation>
            <numerusform>%n store</numerusform>
            <numerusform>%n stores</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s)</source>
        <translation>
            <numerusform>%n file</numerusform>
            <numerusform>%n files</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Watch</name>
    <message numerus="yes">
        <source>%n act(s) in the last hour: beyond that the policy asks.</source>
        <translation>
            <numerusform>%n act in the last hour: beyond that the policy asks.</numerusform>
            <numerusform>%n acts in the last hour: beyond that the policy asks.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bobbin::ui::BudgetsView</name>
    <message numerus="yes">
        <source>%1 will come to about %2 (%3 to %4: as each of the last four weeks went, weekday by weekday). %5 so far, %n day(s) left after today.</source>
        <translation>
            <numerusform>%1 will come to about %2 (%3 to %4: as each of the last four weeks went, weekday by weekday). %5 so far, %n day left after today.</numerusform>
            <numerusform>%1 will come to about %2 (%3 to %4: as each of the last four weeks went, weekday by weekday). %5 so far, %n days left after today.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bobbin::ui::ByTimeView</name>
    <message numerus="yes">
        <source>%n other(s)</source>
        <translation>
            <numerusform>%n other</numerusform>
            <numerusform>%n others</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) without a date left out</source>
        <translation>
            <numerusform>%n run without a date left out</numerusform>
            <numerusform>%n runs without a date left out</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) without usage or price left out</source>
        <translation>
            <numerusform>%n run without usage or price left out</numerusform>
            <numerusform>%n runs without usage or price left out</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bobbin::ui::CleanupDialog</name>
    <message numerus="yes">
        <source>threads of %n assistant(s)</source>
        <translation>
            <numerusform>threads of %n assistant</numerusform>
            <numerusform>threads of %n assistants</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n store(s)</source>
        <translation>
            <numerusform>%n store</numerusform>
            <numerusform>%n stores</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s)</source>
        <translation>
            <numerusform>%n file</numerusform>
            <numerusform>%n files</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bobbin::ui::Composer</name>
    <message numerus="yes">
        <source>, %n tool call(s)</source>
        <translation>
            <numerusform>, %n tool call</numerusform>
            <numerusform>, %n tool calls</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Answer %n tool call(s)</source>
        <translation>
            <numerusform>Answer %n tool call</numerusform>
            <numerusform>Answer %n tool calls</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bobbin::ui::ConsentDialog</name>
    <message numerus="yes">
        <source>From now on this policy cancels runs, rotates threads or refuses requests by itself, at most %n time(s) an hour; beyond that it asks. “Stop all guarding” ends it at once.</source>
        <translation>
            <numerusform>From now on this policy cancels runs, rotates threads or refuses requests by itself, at most %n time an hour; beyond that it asks. “Stop all guarding” ends it at once.</numerusform>
            <numerusform>From now on this policy cancels runs, rotates threads or refuses requests by itself, at most %n times an hour; beyond that it asks. “Stop all guarding” ends it at once.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The cost of %n more run(s) is not known.</source>
        <translation>
            <numerusform>The cost of %n more run is not known.</numerusform>
            <numerusform>The cost of %n more runs is not known.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bobbin::ui::EvidenceList</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bobbin::ui::FindingsPage</name>
    <message numerus="yes">
        <source>%n finding(s)</source>
        <translation>
            <numerusform>%n finding</numerusform>
            <numerusform>%n findings</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bobbin::ui::FrontierChart</name>
    <message numerus="yes">
        <source>%1: saves %2 (%3), cuts %4 of what is read, %n rotation(s)</source>
        <translation>
            <numerusform>%1: saves %2 (%3), cuts %4 of what is read, %n rotation</numerusform>
            <numerusform>%1: saves %2 (%3), cuts %4 of what is read, %n rotations</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bobbin::ui::IdsDialog</name>
    <message numerus="yes">
        <source>The file holds %n key(s): take care whom you give it to.</source>
        <translation>
            <numerusform>The file holds %n key: take care whom you give it to.</numerusform>
            <numerusform>The file holds %n keys: take care whom you give it to.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bobbin::ui::MainWindow</name>
    <message numerus="yes">
        <source>&amp;Rotate %n thread(s)…</source>
        <translation>
            <numerusform>&amp;Rotate %n thread…</numerusform>
            <numerusform>&amp;Rotate %n threads…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bobbin::ui::OperationDesk</name>
    <message numerus="yes">
        <source>%n thread(s) pinned: no clean-up takes them.</source>
        <translation>
            <numerusform>%n thread pinned: no clean-up takes them.</numerusform>
            <numerusform>%n threads pinned: no clean-up takes them.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n thread(s) no longer pinned.</source>
        <translation>
            <numerusform>%n thread no longer pinned.</numerusform>
            <numerusform>%n threads no longer pinned.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reading %n thread(s) to rotate…</source>
        <translation>
            <numerusform>Reading %n thread to rotate…</numerusform>
            <numerusform>Reading %n threads to rotate…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bobbin::ui::OtherModelsView</name>
    <message numerus="yes">
        <source>%n run(s) without usage or price are left out.</source>
        <translation>
            <numerusform>%n run without usage or price are left out.</numerusform>
            <numerusform>%n runs without usage or price are left out.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s)</source>
        <translation>
            <numerusform>%n run</numerusform>
            <numerusform>%n runs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bobbin::ui::OverviewPage</name>
    <message numerus="yes">
        <source>%n finding(s)</source>
        <translation>
            <numerusform>%n finding</numerusform>
            <numerusform>%n findings</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stuck</source>
        <translation>
            <numerusform>%n stuck</numerusform>
            <numerusform>%n stuck</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n other(s)</source>
        <translation>
            <numerusform>%n other</numerusform>
            <numerusform>%n others</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) without usage or price left out</source>
        <translation>
            <numerusform>%n run without usage or price left out</numerusform>
            <numerusform>%n runs without usage or price left out</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bobbin::ui::PlanDialog</name>
    <message numerus="yes">
        <source>Choose %n row(s)</source>
        <translation>
            <numerusform>Choose %n row</numerusform>
            <numerusform>Choose %n rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Leave %n row(s) out</source>
        <translation>
            <numerusform>Leave %n row out</numerusform>
            <numerusform>Leave %n rows out</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bobbin::ui::ReconcileView</name>
    <message numerus="yes">
        <source>Stop reading (%n page(s))</source>
        <translation>
            <numerusform>Stop reading (%n page)</numerusform>
            <numerusform>Stop reading (%n pages)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n figure(s) of models without a price are left out.</source>
        <translation>
            <numerusform>%n figure of models without a price are left out.</numerusform>
            <numerusform>%n figures of models without a price are left out.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Of %n day(s) with runs nothing was read.</source>
        <translation>
            <numerusform>Of %n day with runs nothing was read.</numerusform>
            <numerusform>Of %n days with runs nothing was read.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>(and %n more)</source>
        <translation>
            <numerusform>(and %n more)</numerusform>
            <numerusform>(and %n more)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bobbin::ui::RotateDialog</name>
    <message numerus="yes">
        <source>%n last message(s)</source>
        <translation>
            <numerusform>%n last message</numerusform>
            <numerusform>%n last messages</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bobbin::ui::SearchPage</name>
    <message numerus="yes">
        <source>%n found</source>
        <translation>
            <numerusform>%n found</numerusform>
            <numerusform>%n found</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bobbin::ui::SilenceDialog</name>
    <message numerus="yes">
        <source>Dismiss %n finding(s)</source>
        <translation>
            <numerusform>Dismiss %n finding</numerusform>
            <numerusform>Dismiss %n findings</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bobbin::ui::StuckRunDialog</name>
    <message numerus="yes">
        <source>Answer %n tool call(s)</source>
        <translation>
            <numerusform>Answer %n tool call</numerusform>
            <numerusform>Answer %n tool calls</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bobbin::ui::ThreadHeader</name>
    <message numerus="yes">
        <source>%n run(s) active</source>
        <translation>
            <numerusform>%n run active</numerusform>
            <numerusform>%n runs active</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n turn(s)</source>
        <translation>
            <numerusform>%n turn</numerusform>
            <numerusform>%n turns</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bobbin::ui::TurnChart</name>
    <message numerus="yes">
        <source>%n tool call(s)</source>
        <translation>
            <numerusform>%n tool call</numerusform>
            <numerusform>%n tool calls</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bobbin::ui::WhatIfView</name>
    <message numerus="yes">
        <source>%n run(s) would not have been.</source>
        <translation>
            <numerusform>%n run would not have been.</numerusform>
            <numerusform>%n runs would not have been.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) would have ended before their last call.</source>
        <translation>
            <numerusform>%n run would have ended before their last call.</numerusform>
            <numerusform>%n runs would have ended before their last call.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Of %n run(s) no price of the other model is known for their time: they stay as they were.</source>
        <translation>
            <numerusform>Of %n run no price of the other model is known for their time: they stay as they were.</numerusform>
            <numerusform>Of %n runs no price of the other model is known for their time: they stay as they were.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Of %n run(s) nothing tells what a call read: limits of context leave them alone.</source>
        <translation>
            <numerusform>Of %n run nothing tells what a call read: limits of context leave them alone.</numerusform>
            <numerusform>Of %n runs nothing tells what a call read: limits of context leave them alone.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Of %n run(s) the context is estimated.</source>
        <translation>
            <numerusform>Of %n run the context is estimated.</numerusform>
            <numerusform>Of %n runs the context is estimated.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) without usage or price are left out.</source>
        <translation>
            <numerusform>%n run without usage or price are left out.</numerusform>
            <numerusform>%n runs without usage or price are left out.</numerusform>
        </translation>
    </message>
</context>
</TS>
