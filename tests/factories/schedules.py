"""A small schedule of our own with everything that schedule.xml can hold, Chinese and English."""

SCHEDULE = """<?xml version="1.0" encoding="UTF-8"?>
<schedule>
 <conference>
  <acronym>jldev27</acronym>
  <title>吉林开发者大会</title>
  <venue>吉林大学</venue>
  <city>长春</city>
  <start>2027-04-12</start>
  <end>2027-04-13</end>
  <day_change>04:00:00</day_change>
  <timeslot_duration>00:05</timeslot_duration>
  <time_zone_name>Europe/Brussels</time_zone_name>
 </conference>
 <day index="1" date="2027-04-12">
  <room name="主会堂">
   <event id="7" guid="1c0f0b3e-3d3c-4a7c-9b3c-0a7e2f6f4b11">
    <start>09:35</start>
    <duration>00:25</duration>
    <room>主会堂</room>
    <slug>keynote</slug>
    <url>https://dev.example/keynote</url>
    <title>开源的下一个十年</title>
    <subtitle>从吉林说起</subtitle>
    <track>主题</track>
    <type>talk</type>
    <language>zh</language>
    <abstract>&lt;p&gt;一句&lt;em&gt;摘要&lt;/em&gt;。&lt;/p&gt;</abstract>
    <description>&lt;h3&gt;内容&lt;/h3&gt;
&lt;ul&gt;&lt;li&gt;a*b&lt;/li&gt;&lt;li&gt;1. c_d&lt;/li&gt;&lt;/ul&gt;</description>
    <persons><person id="1">王示例</person><person id="2">Ann Lee</person></persons>
    <links>
     <link href="https://dev.example/K 1 (A).webm">录像</link>
     <link href="#room:matrix.org">聊天室</link>
    </links>
    <attachments><attachment type="slides" href="https://dev.example/s.pdf">幻灯片</attachment></attachments>
    <feedback_url>https://dev.example/f</feedback_url>
   </event>
  </room>
  <room name="Lab 1">
   <event id="8">
    <start>23:30</start>
    <duration>01:30</duration>
    <room>Lab 1</room>
    <title>Night hack</title>
    <track>C++</track>
    <type>workshop</type>
    <language>en</language>
    <description>Bring a laptop.</description>
    <persons><person id="2">Ann Lee</person></persons>
   </event>
   <event id="9">
    <start>01:00</start>
    <duration>00:45</duration>
    <room>Lab 1</room>
    <title>After midnight</title>
    <type>workshop</type>
   </event>
  </room>
 </day>
</schedule>
"""
